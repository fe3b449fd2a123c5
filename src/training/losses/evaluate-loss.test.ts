import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cosine, crossEntropy, drawnBatch, expectDefinition } from "../../../test/loss-definition.ts";
import { type Matrix, type ReferenceLoss, referenceLoss, relativeError } from "../../../test/reference-losses.ts";
import { OptionError, random, ShapeError } from "../../base/core/index.ts";
import { add, mul } from "../../compiler/graph/index.ts";
import { evaluateLoss } from "./evaluate-loss.ts";
import type { FaceLoss } from "./loss.ts";
import { type LossOptions, lossNames } from "./registry.ts";

const losses: readonly ReferenceLoss[] = [
  { name: "softmax" },
  { name: "nsl", scale: 20 },
  { name: "asoftmax", margin: 4, lambda: 0 },
  { name: "asoftmax", margin: 3, lambda: 5 },
  { name: "asoftmax", margin: 4, lambda: 1, scale: 20 },
  { name: "cosface", scale: 64, margin: 0.35 },
  { name: "cosface", scale: "norm", margin: 0.35 },
  { name: "arcface", scale: 64, marginRadians: 0.5 },
  { name: "combined", scale: 64, multiplier: 1, marginRadians: 0.3, margin: 0.2 },
  { name: "combined", scale: 16, multiplier: 1.2, marginRadians: 0.1, margin: 0.1 },
];

function drawn(seed: number, size: number, identityCount: number, batchSize = 6) {
  const stream = random(seed, size, identityCount);
  const rows = (count: number, length: number) =>
    Array.from({ length: count }, () => Array.from({ length: size }, () => length * stream.normal()));
  const labels = Array.from({ length: batchSize }, () => stream.integer(identityCount));
  return { embeddings: rows(batchSize, 1.5), centers: rows(identityCount, 0.7), labels };
}

/** Multiplies every row by one orthogonal matrix: two Householder reflections. */
function rotated(rows: Matrix, seed: number): number[][] {
  const size = rows[0]!.length;
  const mirrors = [1, 2].map((k) => {
    const stream = random(seed, "mirror", k);
    return Array.from({ length: size }, () => stream.normal());
  });
  return rows.map((row) =>
    mirrors.reduce((x, v) => {
      const along = x.reduce((sum, value, k) => sum + value * v[k]!, 0);
      const squared = v.reduce((sum, value) => sum + value * value, 0);
      return x.map((value, k) => value - (2 * along * v[k]!) / squared);
    }, row as number[]),
  );
}

describe("the reference", () => {
  it.each(losses)("$name: its gradients agree with central differences of its loss", (loss) => {
    const { embeddings, centers, labels } = drawn(5, 3, 4);
    const { embeddingGradients, centerGradients } = referenceLoss(loss, embeddings, centers, labels);
    const differences = (rows: Matrix, lossOf: (changed: Matrix) => number) =>
      rows.map((row, i) =>
        row.map((_, k) => {
          const shifted = (by: number) =>
            lossOf(rows.map((r, j) => (j === i ? r.map((value, l) => (l === k ? value + by : value)) : r)));
          return (shifted(1e-6) - shifted(-1e-6)) / 2e-6;
        }),
      );
    const dx = differences(embeddings, (changed) => referenceLoss(loss, changed, centers, labels).loss);
    const dw = differences(centers, (changed) => referenceLoss(loss, embeddings, changed, labels).loss);
    expect(relativeError(embeddingGradients, dx)).toBeLessThan(1e-6);
    expect(relativeError(centerGradients, dw)).toBeLessThan(1e-6);
  });
});

/** Where f32 ends: probabilities below are denormal, or 0. */
const SMALLEST = 1e-35;

/** Embeddings near their own centers, as after training: most are sure of their identity. */
function learnt(seed: number, size: number, identityCount: number, spread: number) {
  const given = drawn(seed, size, identityCount);
  const stream = random(seed, "spread");
  const embeddings = given.labels.map((label) => given.centers[label]!.map((v) => 3 * (v + spread * stream.normal())));
  return { ...given, embeddings };
}

describe.each(losses)("evaluateLoss: %o", (loss) => {
  it.each([2, 3, 16, 128, 512])("agrees with the f64 reference for embeddings of size %i", async (size) => {
    for (const identityCount of [3, 10, 100]) {
      for (const seed of size < 4 ? [1, 2] : [3]) {
        const given = drawn(seed, size, identityCount);
        const got = await evaluateLoss({ loss, ...given });
        const expected = referenceLoss(loss, given.embeddings, given.centers, given.labels);
        expect(Math.abs(got.loss - expected.loss) / expected.loss).toBeLessThan(1e-4);
        expect(relativeError(got.embeddingGradients, expected.embeddingGradients)).toBeLessThan(1e-4);
        expect(relativeError(got.centerGradients, expected.centerGradients)).toBeLessThan(1e-4);
      }
    }
  });

  it.each([0.3, 0.01])("agrees for embeddings that have been learnt, %f from their centers", async (spread) => {
    for (const [seed, size, identityCount] of [
      [1, 2, 3],
      [2, 16, 10],
      [3, 64, 100],
    ] as const) {
      const given = learnt(seed, size, identityCount, spread);
      const got = await evaluateLoss({ loss, ...given });
      const expected = referenceLoss(loss, given.embeddings, given.centers, given.labels);
      expect(Math.abs(got.loss - expected.loss)).toBeLessThanOrEqual(1e-4 * expected.loss + SMALLEST);
      // The tangent of a small angle is the difference of two unit vectors: rounding takes 1e-7 from a length of
      // `spread`.
      const tolerance = 1e-4 + 3e-7 / spread;
      for (const [mine, reference] of [
        [got.embeddingGradients, expected.embeddingGradients],
        [got.centerGradients, expected.centerGradients],
      ] as const) {
        const largest = Math.max(...reference.flat().map(Math.abs));
        if (largest > SMALLEST) expect(relativeError(mine, reference)).toBeLessThan(tolerance);
        else expect(Math.max(...mine.flat().map(Math.abs))).toBeLessThan(2 * SMALLEST);
      }
    }
  });
});

describe("evaluateLoss", () => {
  const options = fc.constantFrom(...losses);
  const seeds = fc.integer({ min: 0, max: 1e6 });

  it("does not depend on a rotation of everything; gradients rotate along", async () => {
    await fc.assert(
      fc.asyncProperty(options, seeds, async (loss, seed) => {
        const { embeddings, centers, labels } = drawn(seed, 5, 6);
        const straight = await evaluateLoss({ loss, embeddings, centers, labels });
        const other = await evaluateLoss({
          loss,
          embeddings: rotated(embeddings, seed),
          centers: rotated(centers, seed),
          labels,
        });
        expect(Math.abs(other.loss / straight.loss - 1)).toBeLessThan(1e-4);
        expect(relativeError(other.embeddingGradients, rotated(straight.embeddingGradients, seed))).toBeLessThan(1e-3);
        expect(relativeError(other.centerGradients, rotated(straight.centerGradients, seed))).toBeLessThan(1e-3);
      }),
      { numRuns: 10 },
    );
  });

  it("follows a new order of identities and of samples", async () => {
    await fc.assert(
      fc.asyncProperty(options, seeds, async (loss, seed) => {
        const { embeddings, centers, labels } = drawn(seed, 4, 5);
        const straight = await evaluateLoss({ loss, embeddings, centers, labels });
        const [identities, samples] = [5, 6].map((count) => [...random(seed, "order", count).permutation(count)]);
        const shuffled = await evaluateLoss({
          loss,
          embeddings: samples!.map((i) => embeddings[i]!),
          centers: identities!.map((j) => centers[j]!),
          labels: samples!.map((i) => identities!.indexOf(labels[i]!)),
        });
        const back = (rows: Matrix, order: readonly number[]) => rows.map((_, i) => rows[order.indexOf(i)]!);
        expect(Math.abs(shuffled.loss / straight.loss - 1)).toBeLessThan(1e-4);
        expect(relativeError(back(shuffled.embeddingGradients, samples!), straight.embeddingGradients)).toBeLessThan(
          1e-4,
        );
        expect(relativeError(back(shuffled.centerGradients, identities!), straight.centerGradients)).toBeLessThan(1e-4);
      }),
      { numRuns: 10 },
    );
  });

  it.each(lossNames)("%s: stays finite at 100,000 identities, s = 64 and cosines of ±1, 0 and 0/0", async (name) => {
    const [identityCount, size] = [100_000, 8];
    const stream = random(11, "stability");
    const axis = [1, 0, 0, 0, 0, 0, 0, 0];
    // Identities 0 and 1 and every tenth other share one center; identity 2 has none.
    const centers = Array.from({ length: identityCount }, (_, j) =>
      j < 2 || j % 10 === 9 ? axis : j === 2 ? new Array<number>(size).fill(0) : axis.map(() => stream.normal()),
    );
    const embeddings = [axis.map((v) => 30 * v), axis.map((v) => -30 * v), new Array<number>(size).fill(0), axis];
    const result = await evaluateLoss({ loss: { name } as LossOptions, embeddings, centers, labels: [0, 1, 3, 2] });
    // Four people once each make no triplet.
    if (name !== "triplet") expect(result.loss).toBeGreaterThan(0);
    // Costs add up over the 10,000 identities at the center of the first image, and at 90° from the second.
    const addsUp = name === "uniface" || name === "sphereface2";
    expect(result.loss).toBeLessThan(addsUp ? 1e6 : Math.log(identityCount) + 64 * 3 + 30 * 10);
    const areFinite = (rows: Matrix) => rows.every((row) => row.every(Number.isFinite));
    expect(areFinite(result.embeddingGradients)).toBe(true);
    expect(areFinite(result.centerGradients)).toBe(true);
  });

  it("takes several centers an identity, of which the nearest counts and learns", async () => {
    const batch = drawnBatch(3, { identityCount: 6 });
    const labels = batch.labels.map((label) => label % 3);
    const loss: FaceLoss = { name: "two centers", build: (scope) => ({ logits: mul(scope.cosines(2), 8) }) };
    await expectDefinition(loss, { ...batch, labels }, ({ embeddings, centers }) => {
      const logits = embeddings.map((x) =>
        [0, 2, 4].map((j) => 8 * Math.max(cosine(x, centers[j]!), cosine(x, centers[j + 1]!))),
      );
      return crossEntropy(logits, labels);
    });
    const odd = { ...batch, loss, centers: batch.centers.slice(0, 5), labels };
    await expect(evaluateLoss(odd)).rejects.toThrow("centers: got 5 rows, expected 2 for each identity");
    const two: FaceLoss = { ...loss, build: (scope) => ({ logits: add(scope.cosines(2), scope.cosines(3)) }) };
    await expect(evaluateLoss({ ...batch, loss: two, labels })).rejects.toThrow(/asks for 2 and 3 class centers/);
  });

  it("refuses a state that the loss does not keep, and noise of another length", async () => {
    const batch = drawnBatch(3);
    const center = { name: "center" } as const;
    await expect(evaluateLoss({ ...batch, loss: center, state: { t: 1 } })).rejects.toThrow(
      /got 't', but center keeps means/,
    );
    await expect(evaluateLoss({ ...batch, loss: center, state: { means: [1, 2] } })).rejects.toThrow(ShapeError);
    await expect(evaluateLoss({ ...batch, loss: { name: "nsl" }, noise: [1] })).rejects.toThrow(
      /noise: got 1 numbers for 8/,
    );
  });

  describe("refuses", () => {
    const good = {
      loss: { name: "cosface" } as LossOptions,
      embeddings: [
        [1, 2],
        [3, 4],
      ],
      centers: [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
      labels: [0, 2],
    };

    it("not these arrays, which the others are made of", async () => {
      expect((await evaluateLoss(good)).loss).toBeGreaterThan(0);
    });

    it.each([
      ["no embeddings", { embeddings: [] }, /no embeddings/],
      ["no centers", { centers: [] }, /no centers/],
      ["empty rows", { embeddings: [[], []] }, /no embeddings/],
      ["rows of two lengths", { embeddings: [[1, 2], [3]] }, /embeddings\[1\] has 1 numbers, expected 2/],
      ["centers of another size", { centers: [[1, 2, 3]], labels: [0, 0] }, /size 2 and centers of size 3/],
      ["too few labels", { labels: [0] }, /1 labels for 2 embeddings/],
      ["a label outside of the identities", { labels: [0, 3] }, /labels\[1\] is 3, expected .* \[0, 3\)/],
      ["a negative label", { labels: [-1, 0] }, /labels\[0\] is -1/],
      ["half a label", { labels: [0.5, 0] }, /labels\[0\] is 0.5/],
    ])("%s", async (_, change, message) => {
      const call = evaluateLoss({ ...good, ...change });
      await expect(call).rejects.toThrow(ShapeError);
      await expect(call).rejects.toThrow(message);
    });

    it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e39])("%f among the numbers", async (value) => {
      const centers = [
        [1, 0],
        [0, value],
      ];
      const call = evaluateLoss({ ...good, centers, labels: [0, 1] });
      await expect(call).rejects.toThrow(OptionError);
      await expect(call).rejects.toThrow("centers[1][1] is not finite in f32");
    });

    it.each([
      ["an unknown loss", { name: "noface" }, /got 'noface', expected one of softmax, nsl/],
      ["a negative margin", { name: "cosface", margin: -1 }, /^cosface: margin: got -1, expected a number in \[0, 2\]/],
      ["a scale of 0", { name: "arcface", scale: 0 }, /^arcface: scale: got 0, expected a positive number/],
      ["half a multiplier", { name: "asoftmax", margin: 2.5 }, /^asoftmax: margin: got 2.5, expected 1, 2, 3 or 4/],
    ])("%s", async (_, loss, message) => {
      const call = evaluateLoss({ ...good, loss: loss as LossOptions });
      await expect(call).rejects.toThrow(OptionError);
      await expect(call).rejects.toThrow(message);
    });
  });
});
