/** Stand-ins for networks as files, for commands that open files: aligned crops go in, pooled pixels come out. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { landmarkTemplate } from "../../src/base/image/index.ts";
import {
  add,
  averagePool,
  constant,
  input,
  mul,
  reduceSum,
  reshape,
  type Value,
} from "../../src/compiler/graph/index.ts";
import { writeOnnx } from "../../src/compiler/onnx/index.ts";
import { sidecarFile } from "../../src/faces/embedder/index.ts";

/** Preprocessing of {@link writePixelEmbedder}'s file. */
export const PIXEL_CONTRACT = { channels: "rgb", mean: 110, std: 50 } as const;

/** Writes an embedder whose embedding is the crop, 112 × 112, pooled to 16 × 16 pixels. */
export async function writePixelEmbedder(path: string): Promise<void> {
  const pooled = averagePool(input("images", "f32", [1, 3, 112, 112]), { kernel: [7, 7], stride: [7, 7] });
  await writeFile(path, writeOnnx({ name: "pixels", outputs: { embedding: reshape(pooled, [1, 768]) } }));
}

const SIDE = 128;
const STRIDES = [8, 16, 32];
/** Of the cells of 16 pixels, the one in row and column 3 sees a face of 80 × 96 pixels around (56, 60). */
const [STRIDE, CELL] = [16, 3];
const BOX = [56 / STRIDE - CELL, 60 / STRIDE - CELL, Math.log(80 / STRIDE), Math.log(96 / STRIDE)];
const POINTS = landmarkTemplate(112, 112).flatMap(([x, y]) => [x / STRIDE - CELL, y / STRIDE - CELL]);

/** Writes a detector in YuNet's format that takes every image for an aligned crop of 112 × 112 pixels. */
export async function writeCropDetector(path: string): Promise<void> {
  const nothing = mul(reduceSum(input("input", "f32", [1, 3, SIDE, SIDE])), 0);
  const outputs: Record<string, Value> = {};
  for (const stride of STRIDES) {
    const columns = SIDE / stride;
    for (const [kind, values] of Object.entries({ cls: [0.81], obj: [1], bbox: BOX, kps: POINTS })) {
      const data = new Float32Array(columns * columns * values.length);
      if (stride === STRIDE) data.set(values, (CELL * columns + CELL) * values.length);
      outputs[`${kind}_${stride}`] = add(constant(data, [columns * columns, values.length]), nothing);
    }
  }
  await writeFile(path, writeOnnx({ name: "crops", outputs }));
}

/** Writes both into a folder, with what `cosface serve` needs to know of them. */
export async function writeNetworks(folder: string): Promise<{ readonly model: string; readonly detector: string }> {
  const networks = { model: join(folder, "pixels.onnx"), detector: join(folder, "crops.onnx") };
  await writePixelEmbedder(networks.model);
  await writeFile(sidecarFile(networks.model), JSON.stringify(PIXEL_CONTRACT));
  await writeCropDetector(networks.detector);
  return networks;
}
