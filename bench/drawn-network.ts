/** A network with random parameters of realistic size, as a model file, so that every layer affects the outputs. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { random } from "../src/base/core/index.ts";
import type { RgbImage } from "../src/base/image/index.ts";
import { elementCount } from "../src/compiler/graph/index.ts";
import type { SessionOptions } from "../src/compiler/runtime/index.ts";
import { type Embedder, openEmbedder } from "../src/faces/embedder/index.ts";
import { buildNetwork, type Network } from "../src/training/nn/index.ts";
import { exportModel, PAPER_NORMALIZATION } from "../src/training/train/index.ts";

/** A parameter or running statistic, in the order of the layers. */
export type DrawnTensor = { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array };

/** Draws the parameters, then the running statistics. */
export function drawParameters(network: Network): DrawnTensor[] {
  const { scope } = buildNetwork(network, 1);
  return [...scope.parameters, ...scope.statistics].map(({ name, shape }) => {
    const [low, high] = rangeOf(name, shape.map(Number));
    const stream = random(1, name);
    return { name, shape, data: Float32Array.from({ length: elementCount(shape) }, () => stream.uniform(low, high)) };
  });
}

/** Range of a parameter: weights that keep the size of activations; scales and variances about 1. */
function rangeOf(name: string, shape: readonly number[]): readonly [number, number] {
  if (shape.length > 1) {
    const reach = Math.sqrt(1.5 / elementCount(shape.slice(1)));
    return [-reach, reach];
  }
  if (name.endsWith("slope")) return [0, 0.5];
  return name.endsWith("weight") || name.endsWith("variance") ? [0.7, 1.3] : [-0.3, 0.3];
}

/** Opens the network from a model file, as users do. */
export async function openDrawn(
  network: Network,
  parameters: readonly DrawnTensor[],
  options: SessionOptions,
): Promise<Embedder> {
  const state = parameters.map(({ name, shape, data }) => [name, { type: "f32", shape, data }] as const);
  const folder = await mkdtemp(join(tmpdir(), "cosface-bench-"));
  try {
    const file = join(folder, "model.onnx");
    await writeFile(file, exportModel(network, Object.fromEntries(state), PAPER_NORMALIZATION));
    return await openEmbedder(file, {}, options);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Images of a pattern that network_peer.py draws too. */
export function patternImages(count: number, { inputSize: [height, width] }: Network): RgbImage[] {
  const size = height * width * 3;
  return Array.from({ length: count }, (_, image) => ({
    width,
    height,
    data: Uint8Array.from({ length: size }, (_, i) => ((image * size + i) * 31 + image * 7) % 251),
  }));
}
