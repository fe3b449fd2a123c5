/** A network of the user's own, written with the layers of this folder, trained and used like those of the registry. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { add } from "../../compiler/graph/index.ts";
import { openEmbedder } from "../../faces/embedder/index.ts";
import { syntheticFaces } from "../synthetic/index.ts";
import { train } from "../train/index.ts";
import {
  type Architecture,
  batchNormLayer,
  configureNetwork,
  convolution,
  fullyConnected,
  kaimingFanOut,
  kaimingUniform,
  networkCost,
  preluLayer,
} from "./index.ts";

const weights = kaimingFanOut();

/** Two halving convolutions, a residual unit between them, and a fully connected layer. */
const own: Architecture = {
  name: "own",
  inputSize: [16, 16],
  embeddingSize: 8,
  build: (images, scope, { embeddingSize }) => {
    const halving = { kernel: 3, stride: 2, padding: 1, weights };
    const first = convolution(images, "first", { ...halving, outputs: 8 }, scope);
    const active = preluLayer(batchNormLayer(first, "first.bn", scope), "first.prelu", scope);
    const unit = convolution(active, "unit", { kernel: 3, padding: 1, outputs: 8, weights }, scope);
    const second = convolution(add(active, unit), "second", { ...halving, outputs: 16 }, scope);
    return fullyConnected(second, "fc", { outputs: embeddingSize, weights: kaimingUniform }, scope);
  },
};

it("has a cost, trains, and embeds as its exported file says", async () => {
  // Convolutions at 8×8, 8×8 and 4×4, batch normalization and PReLU of 8 channels, and the fully connected layer.
  const convolutions = [3 * 8 * 9, 8 * 8 * 9, 8 * 16 * 9] as const;
  expect(networkCost(configureNetwork(own))).toEqual({
    parameters: convolutions[0] + convolutions[1] + convolutions[2] + 3 * 8 + 16 * 16 * 8,
    macs: 64 * (convolutions[0] + convolutions[1]) + 16 * convolutions[2] + 16 * 16 * 8,
  });
  const folder = await mkdtemp(join(tmpdir(), "cosface-own-"));
  try {
    const dataset = syntheticFaces({ identityCount: 4, imagesPerIdentity: 4, seed: 1, width: 16, height: 16 });
    const options = { network: own, loss: { name: "cosface", scale: 16 }, batchSize: 8, iterations: 30 } as const;
    const result = await train({
      dataset,
      folder,
      options: { ...options, learningRate: 0.1, seed: 1, threads: 1, logEvery: 1, measureLowerings: false },
    });
    const losses = result.rows.flatMap((row) => (row.kind === "train" ? [row.loss] : []));
    expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
    const embedder = await openEmbedder(result.model!);
    try {
      const { image } = await dataset.read(0);
      expect(await embedder.embed([image])).toMatchObject({ count: 1, size: 8 });
    } finally {
      await embedder.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
