/** Holds a loss against its definition, written down in f64 by the test. */
import { expect } from "vitest";
import { random } from "../src/base/core/index.ts";
import { evaluateLoss, type FaceLoss, type LossEvaluation, type LossOptions } from "../src/training/losses/index.ts";
import { type Matrix, relativeError } from "./reference-losses.ts";

/** Embeddings, class centers and labels of a batch. */
export type Batch = { readonly embeddings: Matrix; readonly centers: Matrix; readonly labels: readonly number[] };

/** A batch with several samples of each identity, some of them near each other. */
export function drawnBatch(seed: number, { identityCount = 4, batchSize = 8, size = 5, spread = 1 } = {}): Batch {
  const stream = random(seed, "batch");
  const row = () => Array.from({ length: size }, () => stream.normal());
  const centers = Array.from({ length: identityCount }, row);
  const labels = Array.from({ length: batchSize }, (_, i) => (i >> 1) % identityCount);
  const embeddings = labels.map((label) => row().map((value, k) => 1.5 * (centers[label]![k]! + spread * value)));
  return { embeddings, centers, labels };
}

/** Checks the loss against the definition, and both gradients against its central differences. */
export async function expectDefinition(
  loss: LossOptions | FaceLoss,
  batch: Batch,
  definition: (batch: Batch) => number,
  more: Pick<LossEvaluation, "means" | "state" | "noise"> = {},
  tolerance = 1e-4,
): Promise<void> {
  const got = await evaluateLoss({ loss, ...batch, ...more });
  const expected = definition(batch);
  expect(Math.abs(got.loss - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
  const dx = differences(batch.embeddings, (embeddings) => definition({ ...batch, embeddings }));
  expectGradients(got.embeddingGradients, dx, tolerance);
  const dw = differences(batch.centers, (centers) => definition({ ...batch, centers }));
  expectGradients(got.centerGradients, dw, tolerance);
}

function expectGradients(got: Matrix, expected: Matrix, tolerance: number): void {
  if (expected.flat().some((value) => Math.abs(value) > 1e-9)) {
    expect(relativeError(got, expected)).toBeLessThan(tolerance);
  } else {
    expect(Math.max(...got.flat().map(Math.abs))).toBeLessThan(1e-9);
  }
}

function differences(rows: Matrix, lossOf: (changed: Matrix) => number): number[][] {
  return rows.map((row, i) =>
    row.map((_, k) => {
      const shifted = (by: number) =>
        lossOf(rows.map((r, j) => (j === i ? r.map((value, l) => (l === k ? value + by : value)) : r)));
      // Relative to the row, whose length divides the gradient; of the fourth order, so that the step may be wide.
      const step = 3e-5 * norm(row);
      const difference = (by: number) => shifted(by) - shifted(-by);
      return (8 * difference(step) - difference(2 * step)) / (12 * step);
    }),
  );
}

/** What a loss is evaluated with beside the batch. */
type More = Pick<LossEvaluation, "state" | "noise">;

/**
 * Checks a loss as `expectDefinition`, to 1e-5 of the largest gradient, over batches of several sizes, of one sample,
 * of short and long embeddings, learnt and not, and at given angles to the own center.
 *
 * @param definitionOf gives the definition for a batch, whose parts without gradient are those of this batch.
 * @param angles in radians, of one sample each.
 */
export async function expectEverywhere(
  loss: LossOptions | FaceLoss,
  definitionOf: (given: Batch, more: More) => (batch: Batch) => number,
  { angles = [], centersPerIdentity = 1, moreFor = () => ({}) }: EverywhereOptions = {},
): Promise<void> {
  const sizes = [
    { identityCount: 3, batchSize: 1, size: 2 },
    { identityCount: 4, batchSize: 6, size: 24, spread: 0.3, length: 1e-3 },
    { identityCount: 30, batchSize: 5, size: 6, length: 1e3 },
  ];
  const drawn = sizes.map((options, seed) => severalCenters(drawnBatch(seed, options), centersPerIdentity, options));
  const angled = angles.length === 0 ? [] : [severalCenters(angledBatch(angles), centersPerIdentity)];
  for (const batch of [...drawn, ...angled].map(inSinglePrecision)) {
    const more = moreFor(batch);
    await expectDefinition(loss, batch, definitionOf(batch, more), more, 1e-5);
  }
}

type EverywhereOptions = {
  readonly angles?: readonly number[];
  readonly centersPerIdentity?: number;
  readonly moreFor?: (batch: Batch) => More;
};

/** Samples at given angles to the centers of their identities, with lengths from 0.5 to 8. */
export function angledBatch(angles: readonly number[], { size = 6, identityCount = angles.length + 2 } = {}): Batch {
  const stream = random(7, "angles");
  const row = () => Array.from({ length: size }, () => stream.normal());
  const centers = Array.from({ length: identityCount }, row);
  const embeddings = angles.map((angle, i) => {
    const center = centers[i]!;
    const other = row();
    const along = dot(other, center) / dot(center, center);
    const across = other.map((value, k) => value - along * center[k]!);
    const [c, s] = [Math.cos(angle) / norm(center), Math.sin(angle) / norm(across)];
    return center.map((value, k) => 0.5 * 2 ** (i % 5) * (c * value + s * across[k]!));
  });
  return { embeddings, centers, labels: angles.map((_, i) => i) };
}

/** More centers an identity: those given are its first ones, the others are drawn. */
function severalCenters({ embeddings, centers, labels }: Batch, count: number, { length = 1 } = {}): Batch {
  const stream = random(9, "centers");
  return {
    embeddings: embeddings.map((x) => x.map((value) => value * length)),
    centers: centers.flatMap((center) => [
      center,
      ...Array.from({ length: count - 1 }, () => center.map(() => stream.normal())),
    ]),
    labels,
  };
}

/** The same numbers as f32 holds them, so that the inputs of both sides are equal. */
export function inSinglePrecision({ embeddings, centers, labels }: Batch): Batch {
  return {
    embeddings: embeddings.map((x) => x.map(Math.fround)),
    centers: centers.map((w) => w.map(Math.fround)),
    labels,
  };
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0);
}

export function norm(a: readonly number[]): number {
  return Math.sqrt(dot(a, a));
}

export function cosine(a: readonly number[], b: readonly number[]): number {
  return dot(a, b) / (norm(a) * norm(b));
}

/** Mean of −log softmax(logits)[label]. */
export function crossEntropy(logits: Matrix, labels: readonly number[]): number {
  const losses = logits.map((row, i) =>
    Math.log1p(row.reduce((sum, z, j) => (j === labels[i] ? sum : sum + Math.exp(z - row[labels[i]!]!)), 0)),
  );
  return losses.reduce((sum, value) => sum + value, 0) / labels.length;
}

/** Logits of plain softmax. */
export function products({ embeddings, centers }: Batch): number[][] {
  return embeddings.map((x) => centers.map((w) => dot(x, w)));
}
