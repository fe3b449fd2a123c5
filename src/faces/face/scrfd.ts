import { ModelError } from "../../base/core/index.ts";
import type { OnnxPort } from "../../compiler/onnx/index.ts";
import type { DetectedFace } from "./detection.ts";
import { type DetectorFormat, landmarksAt, STRIDES } from "./onnx-network.ts";

/** Anchors in each cell, one after the other. */
const ANCHORS = 2;

/**
 * SCRFD (Guo et al., 2021; InsightFace's files whose names end in `kps`): for each cell size scores, then boxes, then
 * points. Boxes are distances to the four edges and points are offsets, in cells from the cell's corner. Undefined when
 * the outputs are not SCRFD's.
 * @throws {ModelError} for a file without landmarks.
 */
export function scrfdFormat(outputs: readonly OnnxPort[]): DetectorFormat | undefined {
  const sizes = outputs.map(({ shape }) => shape.at(-1)).join();
  if (sizes === "1,1,1,4,4,4") {
    throw new ModelError(
      "detector: this SCRFD file gives no landmarks, expected one of those whose names end in 'kps'",
    );
  }
  if (sizes !== "1,1,1,4,4,4,10,10,10") return undefined;
  const decode: DetectorFormat["decode"] = (results, grid, minimumScore) => {
    const { stride, columns } = grid;
    const level = STRIDES.indexOf(stride as (typeof STRIDES)[number]);
    const read = (kind: number) => results[outputs[STRIDES.length * kind + level]!.name]!.data as Float32Array;
    const [scores, distances, points] = [read(0), read(1), read(2)];
    const found: DetectedFace[] = [];
    for (let anchor = 0; anchor < scores.length; anchor++) {
      const score = scores[anchor]!;
      if (score < minimumScore) continue;
      const cell = Math.floor(anchor / ANCHORS);
      const [left, top, right, bottom] = [0, 1, 2, 3].map((i) => stride * distances[4 * anchor + i]!) as Edges;
      const x = (cell % columns) * stride - left;
      const y = Math.floor(cell / columns) * stride - top;
      const box = { x, y, width: left + right, height: top + bottom };
      found.push({ box, score, landmarks: landmarksAt(points, anchor, cell, grid) });
    }
    return found;
  };
  return { name: "SCRFD", pixels: { channels: "rgb", mean: 127.5, std: 128 }, minimumScore: 0.5, decode };
}

type Edges = [left: number, top: number, right: number, bottom: number];
