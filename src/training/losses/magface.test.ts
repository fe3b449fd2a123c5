import { describe, expect, it } from "vitest";
import { type Batch, cosine, crossEntropy, drawnBatch, expectDefinition, norm } from "../../../test/loss-definition.ts";
import { OptionError } from "../../base/core/index.ts";
import { evaluateLoss } from "./evaluate-loss.ts";
import { magFaceLoss } from "./magface.ts";

const defaults = { la: 10, ua: 110, lm: 0.45, um: 0.8, weight: 35, s: 64 };

/** The authors' formula in f64, with arccos. */
const definition =
  ({ la, ua, lm, um, weight, s }: typeof defaults) =>
  ({ embeddings, centers, labels }: Batch): number => {
    const norms = embeddings.map((x) => Math.max(la, Math.min(ua, norm(x))));
    const logits = embeddings.map((x, i) =>
      centers.map((w, j) => {
        const c = cosine(x, w);
        if (j !== labels[i] || c <= 0) return s * c;
        const margin = ((um - lm) / (ua - la)) * (norms[i]! - la) + lm;
        return s * Math.cos(Math.acos(c) + margin);
      }),
    );
    const cost = norms.reduce((sum, a) => sum + a / ua ** 2 + 1 / a, 0) / norms.length;
    return crossEntropy(logits, labels) + weight * cost;
  };

/** A batch whose embeddings have lengths from below the lower to above the upper norm. */
function variedBatch(seed: number, spread = 1): Batch {
  const batch = drawnBatch(seed, { spread });
  const lengths = [3, 12, 25, 40, 60, 90, 105, 200];
  const embeddings = batch.embeddings.map((x, i) => x.map((value) => (value * lengths[i]!) / norm(x)));
  return { ...batch, embeddings };
}

describe("MagFace", () => {
  it("is worked out by hand: a norm halfway between the limits, 60° and a margin of 30°", async () => {
    const options = { lowerNorm: 2, upperNorm: 6, lowerMargin: 0, upperMargin: Math.PI / 3, weight: 8, scale: 2 };
    const { loss } = await evaluateLoss({
      loss: { name: "magface", ...options },
      embeddings: [[2, 2 * Math.sqrt(3)]],
      centers: [
        [5, 0],
        [0, 1],
      ],
      labels: [0],
    });
    // cos(60° + 30°) = 0 against cos 30°, and 8 · (4/36 + 1/4).
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(Math.sqrt(3))) + 8 * (4 / 36 + 1 / 4), 5);
  });

  it.each([
    ["the defaults", defaults, {}],
    ["no penalty", { ...defaults, weight: 0, s: 16 }, { weight: 0, scale: 16 }],
    [
      "other limits",
      { la: 20, ua: 80, lm: 0.1, um: 1, weight: 100, s: 8 },
      { lowerNorm: 20, upperNorm: 80, lowerMargin: 0.1, upperMargin: 1, weight: 100, scale: 8 },
    ],
  ] as const)("agrees with the f64 reference, gradients too: %s", async (_, numbers, options) => {
    for (const [seed, spread] of [
      [1, 1],
      [2, 0.4],
    ] as const) {
      await expectDefinition({ name: "magface", ...options }, variedBatch(seed, spread), definition(numbers), {}, 1e-5);
    }
  });

  it("makes embeddings within the limits longer by its penalty, and no others", async () => {
    const batch = variedBatch(3);
    const options = { lowerMargin: 0.3, upperMargin: 0.3 } as const;
    const { embeddingGradients } = await evaluateLoss({ loss: { name: "magface", ...options }, ...batch });
    // With one margin for all norms, only the penalty depends on the norm: 35 · (1/110² − 1/a²) for each of 8
    // images.
    for (const [i, gradient] of embeddingGradients.entries()) {
      const x = batch.embeddings[i]!;
      const a = norm(x);
      const along = x.reduce((sum, value, k) => sum + value * gradient[k]!, 0) / a;
      const expected = a > 10 && a < 110 ? (35 * (1 / 110 ** 2 - 1 / a ** 2)) / 8 : 0;
      expect(Math.abs(along - expected)).toBeLessThan(2e-6);
    }
  });

  it("refuses options out of range, and limits in the wrong order", () => {
    expect(() => magFaceLoss.create({ lowerMargin: -1 })).toThrow(OptionError);
    expect(() => magFaceLoss.create({ lowerNorm: 110 })).toThrow(/^magface: lowerNorm: got 110, expected less than/);
  });
});
