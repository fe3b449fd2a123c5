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
  more: Pick<LossEvaluation, "means" | "state"> = {},
): Promise<void> {
  const got = await evaluateLoss({ loss, ...batch, ...more });
  const expected = definition(batch);
  expect(Math.abs(got.loss - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
  const dx = differences(batch.embeddings, (embeddings) => definition({ ...batch, embeddings }));
  expect(relativeError(got.embeddingGradients, dx)).toBeLessThan(1e-4);
  const dw = differences(batch.centers, (centers) => definition({ ...batch, centers }));
  if (dw.flat().some((value) => Math.abs(value) > 1e-9)) {
    expect(relativeError(got.centerGradients, dw)).toBeLessThan(1e-4);
  } else {
    expect(Math.max(...got.centerGradients.flat().map(Math.abs))).toBeLessThan(1e-9);
  }
}

function differences(rows: Matrix, lossOf: (changed: Matrix) => number): number[][] {
  return rows.map((row, i) =>
    row.map((_, k) => {
      const shifted = (by: number) =>
        lossOf(rows.map((r, j) => (j === i ? r.map((value, l) => (l === k ? value + by : value)) : r)));
      return (shifted(1e-6) - shifted(-1e-6)) / 2e-6;
    }),
  );
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
  const losses = logits.map((row, i) => Math.log(row.reduce((sum, z) => sum + Math.exp(z - row[labels[i]!]!), 0)));
  return losses.reduce((sum, value) => sum + value, 0) / labels.length;
}

/** Logits of plain softmax. */
export function products({ embeddings, centers }: Batch): number[][] {
  return embeddings.map((x) => centers.map((w) => dot(x, w)));
}
