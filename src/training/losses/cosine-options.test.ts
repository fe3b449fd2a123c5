import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Batch, cosine, crossEntropy, drawnBatch, expectEverywhere, norm } from "../../../test/loss-definition.ts";
import { relativeError } from "../../../test/reference-losses.ts";
import { evaluateLoss } from "./evaluate-loss.ts";
import { createLoss, type LossOptions, lossDefinitions } from "./registry.ts";

type Numbers = { readonly perIdentity?: number; readonly filter?: number; readonly s: number };

/** Softmax on cosines with a function of the target's, in f64 and by the rules word for word. */
function definition({ perIdentity = 1, filter = 2, s }: Numbers, target: (cosine: number) => number) {
  return ({ embeddings, centers, labels }: Batch): number => {
    const logits = embeddings.map((x, i) =>
      Array.from({ length: centers.length / perIdentity }, (_, j) => {
        const own = centers.slice(j * perIdentity, (j + 1) * perIdentity).map((w) => cosine(x, w));
        const c = Math.max(...own);
        if (j === labels[i]) return s * target(c);
        return c > filter ? 0 : s * c;
      }),
    );
    return crossEntropy(logits, labels);
  };
}

const cosFaceTarget = (c: number) => c - 0.35;
const arcFaceTarget = (c: number) =>
  c > -Math.cos(0.5) ? Math.cos(Math.acos(Math.max(-1, Math.min(1, c))) + 0.5) : c - 0.5 * Math.sin(0.5);

describe("sub-centers", () => {
  it.each([
    ["cosface", 3, cosFaceTarget],
    ["cosface", 2, cosFaceTarget],
    ["arcface", 3, arcFaceTarget],
  ] as const)("%s with %i agrees with the f64 reference, gradients too", async (name, subcenters, target) => {
    await expectEverywhere(
      { name, subcenters } as LossOptions,
      () => definition({ perIdentity: subcenters, s: 64 }, target),
      {
        angles: [0.05, 0.5, 1.5, 2, 2.9],
        centersPerIdentity: subcenters,
      },
    );
  });

  it.each(lossDefinitions.filter(({ options }) => options.subcenters !== undefined).map(({ name }) => name))(
    "%s: equal centers of an identity count as one, of which the first learns",
    async (name) => {
      const batch = drawnBatch(5);
      const twins = { ...batch, centers: batch.centers.flatMap((center) => [center, center, center]) };
      const loss = { name } as LossOptions;
      // A bias that the number of identities decides is the same for both.
      const single = await evaluateLoss({ loss, ...batch });
      const several = await evaluateLoss({ loss: { ...loss, subcenters: 3 } as LossOptions, ...twins });
      expect(Math.abs(several.loss / single.loss - 1)).toBeLessThan(1e-6);
      expect(relativeError(several.embeddingGradients, single.embeddingGradients)).toBeLessThan(1e-5);
      const rows = (k: number) => several.centerGradients.filter((_, row) => row % 3 === k);
      expect(relativeError(rows(0), single.centerGradients)).toBeLessThan(1e-5);
      expect([...rows(1), ...rows(2)].flat().every((value) => value === 0)).toBe(true);
    },
  );

  it("gives a gradient to the nearest center of each identity alone, and to as many as samples have winners", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom("cosface", "arcface", "adaface"),
        async (seed, name) => {
          const batch = drawnBatch(seed, { identityCount: 6 });
          const labels = batch.labels.map((label) => label % 3);
          const { centerGradients } = await evaluateLoss({
            loss: { name, subcenters: 2, scale: 4 } as LossOptions,
            ...batch,
            labels,
          });
          const winners = new Set(
            batch.embeddings.flatMap((x) =>
              [0, 2, 4].map((j) => (cosine(x, batch.centers[j]!) >= cosine(x, batch.centers[j + 1]!) ? j : j + 1)),
            ),
          );
          for (const [row, gradient] of centerGradients.entries()) expect(norm(gradient) > 0).toBe(winners.has(row));
        },
      ),
      { numRuns: 6 },
    );
  });

  it("wants as many centers for each identity, and a whole number of them", async () => {
    const batch = drawnBatch(1);
    await expect(evaluateLoss({ loss: { name: "cosface", subcenters: 3 }, ...batch })).rejects.toThrow(
      "centers: got 4 rows, expected 3 for each identity",
    );
    expect(() => createLoss({ name: "cosface", subcenters: 1.5 })).toThrow(
      "cosface: subcenters: got 1.5, expected a whole number in [1, 100]",
    );
  });
});

describe("the interclass filter", () => {
  it.each([
    ["cosface", 0.4, cosFaceTarget],
    ["arcface", 0.12, arcFaceTarget],
    ["cosface", 0, cosFaceTarget],
  ] as const)("of %s at %f agrees with the f64 reference, gradients too", async (name, filter, target) => {
    await expectEverywhere({ name, filter } as LossOptions, () => definition({ filter, s: 64 }, target), {
      angles: [0.05, 0.5, 1.5, 2, 2.9],
    });
  });

  it("works with sub-centers", async () => {
    const numbers = { perIdentity: 3, filter: 0.3, s: 64 };
    await expectEverywhere({ name: "cosface", subcenters: 3, filter: 0.3 }, () => definition(numbers, cosFaceTarget), {
      centersPerIdentity: 3,
    });
  });

  it.each(lossDefinitions.filter(({ options }) => options.filter !== undefined).map(({ name }) => name))(
    "%s: a negative beyond it counts e⁰ and has no gradient, and the target is never filtered",
    async (name) => {
      const given = {
        embeddings: [[30, 0, 0]],
        centers: [
          [1, 0.1, 0],
          [1, 0.5, 0],
          [0.1, 1, 0.2],
        ],
        labels: [0],
      };
      const loss = { name, scale: 2 } as LossOptions;
      const filtered = await evaluateLoss({ loss: { ...loss, filter: 0.5 } as LossOptions, ...given });
      expect(filtered.centerGradients[1]!.every((value) => value === 0)).toBe(true);
      expect(norm(filtered.centerGradients[0]!)).toBeGreaterThan(0);
      expect(norm(filtered.centerGradients[2]!)).toBeGreaterThan(0);
      // As if that center were at 90°, where the logit is 0 too.
      const aside = { ...given, centers: [given.centers[0]!, [0, 0, 1], given.centers[2]!] };
      const other = await evaluateLoss({ loss: { ...loss, filter: 0.5 } as LossOptions, ...aside });
      expect(filtered.loss).toBeCloseTo(other.loss, 5);
    },
  );
});
