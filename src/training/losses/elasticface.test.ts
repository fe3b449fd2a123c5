import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Batch, cosine, crossEntropy, drawnBatch, expectEverywhere } from "../../../test/loss-definition.ts";
import { random } from "../../base/core/index.ts";
import { elasticArcFaceLoss, elasticCosFaceLoss } from "./elasticface.ts";
import { evaluateLoss } from "./evaluate-loss.ts";
import type { LossOptions } from "./registry.ts";

type Numbers = {
  readonly arc: boolean;
  readonly m: number;
  readonly sigma: number;
  readonly s: number;
  readonly plus: boolean;
};

/** The margin of each sample, sorted by the definition word for word. */
function marginsOf({ embeddings, centers, labels }: Batch, noise: ArrayLike<number>, { m, sigma, plus }: Numbers) {
  const drawn = embeddings.map((_, i) => m + sigma * Math.fround(noise[i]!));
  if (!plus) return drawn;
  const largestFirst = [...drawn].sort((a, b) => b - a);
  const own = embeddings.map((x, i) => cosine(x, centers[labels[i]!]!));
  const lowestFirst = own.map((_, i) => i).sort((a, b) => own[a]! - own[b]!);
  const margins = [...drawn];
  for (const [rank, sample] of lowestFirst.entries()) margins[sample] = largestFirst[rank]!;
  return margins;
}

function definition(given: Batch, noise: ArrayLike<number>, numbers: Numbers) {
  const margins = marginsOf(given, noise, numbers);
  const { arc, s } = numbers;
  return ({ embeddings, centers, labels }: Batch): number => {
    const logits = embeddings.map((x, i) =>
      centers.map((w, j) => {
        const c = cosine(x, w);
        if (j !== labels[i]) return s * c;
        return s * (arc ? Math.cos(Math.acos(c) + margins[i]!) : c - margins[i]!);
      }),
    );
    return crossEntropy(logits, labels);
  };
}

const noiseFor = ({ labels }: Batch) => {
  const stream = random(3, "noise", labels.length);
  return labels.map(() => stream.normal());
};

describe("ElasticFace", () => {
  it.each([
    ["elastic-arcface", {}, { arc: true, m: 0.5, sigma: 0.05, s: 64, plus: false }],
    ["elastic-arcface", { plus: true }, { arc: true, m: 0.5, sigma: 0.0175, s: 64, plus: true }],
    [
      "elastic-arcface",
      { marginRadians: 0.3, deviation: 0.4, plus: true, scale: 8 },
      { arc: true, m: 0.3, sigma: 0.4, s: 8, plus: true },
    ],
    ["elastic-cosface", {}, { arc: false, m: 0.35, sigma: 0.05, s: 64, plus: false }],
    ["elastic-cosface", { plus: true }, { arc: false, m: 0.35, sigma: 0.02, s: 64, plus: true }],
    ["elastic-cosface", { margin: 0, deviation: 1, scale: 16 }, { arc: false, m: 0, sigma: 1, s: 16, plus: false }],
  ] as const)("%s agrees with the f64 reference, gradients too: %o", async (name, options, numbers) => {
    // cos(θ + m) rises again beyond θ = π − m: no branch.
    const angles = [0.1, 1, Math.PI - numbers.m, 3, Math.PI - 0.1];
    const noises = new Map<Batch, number[]>();
    await expectEverywhere(
      { name, ...options } as LossOptions,
      (given, { noise = [] }) => definition(given, noise, numbers),
      {
        angles,
        moreFor: (batch) => {
          const noise = noises.get(batch) ?? noiseFor(batch);
          noises.set(batch, noise);
          return { noise };
        },
      },
    );
  });

  it("gives the largest margins to the samples farthest from their centers", async () => {
    // Cosines −½, ½ and 1 of three samples, margins 0.1, 0.2 and 0.3 drawn in another order.
    const batch = {
      embeddings: [
        [1, 0],
        [-1, Math.sqrt(3)],
        [1, Math.sqrt(3)],
      ],
      centers: [
        [1, 0],
        [0, -1],
      ],
      labels: [0, 0, 0],
    };
    const { loss } = await evaluateLoss({
      loss: { name: "elastic-cosface", margin: 0.2, deviation: 0.1, plus: true, scale: 2 },
      ...batch,
      noise: [0, 1, -1],
    });
    const terms = [
      [1, 0.1, 0],
      [-0.5, 0.3, -Math.sqrt(3) / 2],
      [0.5, 0.2, -Math.sqrt(3) / 2],
    ].map(([own, margin, other]) => Math.log1p(Math.exp(2 * (other! - own! + margin!))));
    expect(loss).toBeCloseTo(terms.reduce((sum, term) => sum + term) / 3, 5);
  });

  it("with plus, does not depend on which sample drew which number, unless their cosines are equal", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
        const batch = drawnBatch(seed);
        const noise = noiseFor(batch);
        const shuffled = [...random(seed, "order").permutation(noise.length)].map((i) => noise[i]!);
        const loss = { name: "elastic-arcface", plus: true, deviation: 0.3 } as const;
        const [one, other] = [
          await evaluateLoss({ loss, ...batch, noise }),
          await evaluateLoss({ loss, ...batch, noise: shuffled }),
        ];
        expect(other).toEqual(one);
      }),
      { numRuns: 5 },
    );
  });

  it("hands out every margin once where cosines and margins are equal", async () => {
    const batch = {
      embeddings: [
        [2, 0],
        [2, 0],
        [2, 0],
      ],
      centers: [
        [1, 0],
        [0, 1],
      ],
      labels: [0, 0, 0],
    };
    const loss = { name: "elastic-cosface", margin: 0.2, deviation: 0.1, scale: 2 } as const;
    const noise = [1, -1, 1];
    const plus = await evaluateLoss({ loss: { ...loss, plus: true }, ...batch, noise });
    const plain = await evaluateLoss({ loss, ...batch, noise });
    expect(plus.loss).toBeCloseTo(plain.loss, 6);
  });

  it("is ArcFace or CosFace without noise", async () => {
    const batch = drawnBatch(4);
    const cos = await evaluateLoss({ loss: { name: "elastic-cosface" }, ...batch });
    expect(cos.loss).toBeCloseTo((await evaluateLoss({ loss: { name: "cosface" }, ...batch })).loss, 5);
    expect(elasticArcFaceLoss.create().margin).toBe(0.5);
    expect(elasticCosFaceLoss.create().margin).toBe(0.35);
  });
});
