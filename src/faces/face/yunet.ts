import type { OnnxPort } from "../../compiler/onnx/index.ts";
import type { Tensors } from "../../compiler/runtime/index.ts";
import type { DetectedFace } from "./detection.ts";
import { type DetectorFormat, landmarksAt, STRIDES } from "./onnx-network.ts";

/**
 * YuNet (Wu, Peng and Yu, Machine Intelligence Research 2023): score = √(class · object); boxes are a center and the
 * logarithm of a size, points are offsets, all in cells. Undefined when the outputs are not YuNet's.
 */
export function yunetFormat(outputs: readonly OnnxPort[]): DetectorFormat | undefined {
  const names = new Set(outputs.map(({ name }) => name));
  const expected = STRIDES.flatMap((stride) => ["cls", "obj", "bbox", "kps"].map((kind) => `${kind}_${stride}`));
  if (!expected.every((name) => names.has(name))) return undefined;
  return { name: "YuNet", pixels: { channels: "bgr", mean: 0, std: 1 }, minimumScore: 0.6, decode };
}

const decode: DetectorFormat["decode"] = (outputs, grid, minimumScore) => {
  const { stride, columns } = grid;
  const read = (kind: string) => (outputs as Tensors)[`${kind}_${stride}`]!.data as Float32Array;
  const [classes, objects, boxes, points] = [read("cls"), read("obj"), read("bbox"), read("kps")];
  const found: DetectedFace[] = [];
  for (let cell = 0; cell < classes.length; cell++) {
    const score = Math.sqrt(share(classes[cell]!) * share(objects[cell]!));
    if (score < minimumScore) continue;
    const width = Math.exp(boxes[4 * cell + 2]!) * stride;
    const height = Math.exp(boxes[4 * cell + 3]!) * stride;
    const x = ((cell % columns) + boxes[4 * cell]!) * stride - width / 2;
    const y = (Math.floor(cell / columns) + boxes[4 * cell + 1]!) * stride - height / 2;
    found.push({ box: { x, y, width, height }, score, landmarks: landmarksAt(points, cell, cell, grid) });
  }
  return found;
};

/** Rounding takes a sigmoid out of [0, 1] by a little. */
function share(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
