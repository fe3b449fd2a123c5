import { describe, expect, it } from "vitest";
import {
  type Batch,
  cosine,
  crossEntropy,
  drawnBatch,
  expectDefinition,
  expectEverywhere,
  inSinglePrecision,
  norm,
} from "../../../test/loss-definition.ts";
import { OptionError } from "../../base/core/index.ts";
import { adaFaceLoss } from "./adaface.ts";
import { evaluateLoss } from "./evaluate-loss.ts";

type Numbers = { readonly m: number; readonly h: number; readonly s: number; readonly rate: number };
const defaults: Numbers = { m: 0.4, h: 0.333, s: 64, rate: 0.01 };
const EPSILON = 1e-3;
const within = (low: number, x: number, high: number) => Math.max(low, Math.min(high, x));

/** Mean and deviation of the norms after a batch. */
function nextState({ embeddings }: Batch, { rate }: Numbers, { mean, std } = { mean: 20, std: 100 }) {
  const norms = embeddings.map((x) => within(1e-3, norm(x), 100));
  const center = norms.reduce((sum, a) => sum + a, 0) / norms.length;
  const variance = norms.reduce((sum, a) => sum + (a - center) ** 2, 0) / (norms.length - 1);
  return {
    mean: rate * center + (1 - rate) * mean,
    std: norms.length < 2 ? std : rate * Math.sqrt(variance) + (1 - rate) * std,
  };
}

/**
 * The authors' formula in f64. The quality k of each sample counts as a constant, so it is fixed for the given batch.
 */
function definition(given: Batch, numbers: Numbers, before?: { mean: number; std: number }) {
  const { m, h, s } = numbers;
  const { mean, std } = nextState(given, numbers, before);
  const quality = given.embeddings.map((x) =>
    within(-1, (h * (within(1e-3, norm(x), 100) - mean)) / (std + EPSILON), 1),
  );
  return ({ embeddings, centers, labels }: Batch): number => {
    const logits = embeddings.map((x, i) =>
      centers.map((w, j) => {
        const angle = Math.acos(within(-1 + EPSILON, cosine(x, w), 1 - EPSILON));
        if (j !== labels[i]) return s * Math.cos(within(EPSILON, angle, Math.PI - EPSILON));
        const moved = within(EPSILON, angle - m * quality[i]!, Math.PI - EPSILON);
        return s * (Math.cos(moved) - (m + m * quality[i]!));
      }),
    );
    return crossEntropy(logits, labels);
  };
}

/** A batch whose embeddings have lengths from 0.0002 to 300. */
function variedBatch(seed: number): Batch {
  const batch = drawnBatch(seed);
  const lengths = [2e-4, 0.5, 5, 20, 25, 60, 110, 300];
  const embeddings = batch.embeddings.map((x, i) => x.map((value) => (value * lengths[i]!) / norm(x)));
  return { ...batch, embeddings };
}

describe("AdaFace", () => {
  it("is worked out by hand: mean and deviation stay, k = ½ moves the angle by −m/2 and the cosine by −3m/2", async () => {
    const { loss } = await evaluateLoss({
      loss: { name: "adaface", margin: 0.4, concentration: 1, scale: 2, rate: 0 },
      embeddings: [[0, 15]],
      centers: [
        [3, 0],
        [0, 1],
      ],
      labels: [0],
      // (15 − 10) / (9.999 + ε) = ½.
      state: { mean: 10, std: 9.999 },
    });
    const target = 2 * (Math.cos(Math.PI / 2 - 0.2) - 0.6);
    // The other's cosine is 1, clipped to 1 − ε.
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(2 * (1 - EPSILON) - target)), 5);
  });

  it.each([
    ["the defaults", defaults, {}],
    [
      "a high concentration",
      { m: 0.5, h: 2, s: 16, rate: 0.5 },
      { margin: 0.5, concentration: 2, scale: 16, rate: 0.5 },
    ],
    ["without a margin", { ...defaults, m: 0, s: 8 }, { margin: 0, scale: 8 }],
  ] as const)("agrees with the f64 reference, gradients too: %s", async (_, numbers, options) => {
    for (const seed of [1, 2]) {
      const batch = inSinglePrecision(drawnBatch(seed));
      await expectDefinition({ name: "adaface", ...options }, batch, definition(batch, numbers), {}, 1e-5);
    }
  });

  it("agrees at all angles, clipped ones too, and with a state of its own", async () => {
    const state = { mean: 3, std: 2 };
    const numbers = { ...defaults, rate: 0.2 };
    await expectEverywhere({ name: "adaface", rate: 0.2 }, (given) => definition(given, numbers, state), {
      angles: [0, 0.02, 0.1, 0.5, 1.5, 2.5, Math.PI - 0.1, Math.PI - 0.02, Math.PI],
      moreFor: () => ({ state }),
    });
  });

  it("clips norms and k, and keeps mean and deviation from step to step", async () => {
    let state: { mean: number; std: number } | undefined;
    const numbers = { ...defaults, h: 3, s: 8, rate: 0.2 };
    const loss = { name: "adaface", concentration: 3, scale: 8, rate: 0.2 } as const;
    for (const seed of [3, 4, 5]) {
      const batch = variedBatch(seed);
      const got = await evaluateLoss({ loss, ...batch, ...(state === undefined ? {} : { state }) });
      const expected = definition(batch, numbers, state)(batch);
      expect(Math.abs(got.loss / expected - 1)).toBeLessThan(1e-4);
      state = nextState(batch, numbers, state);
      expect(Math.abs((got.state.mean as number) / state.mean - 1)).toBeLessThan(1e-5);
      expect(Math.abs((got.state.std as number) / state.std - 1)).toBeLessThan(1e-5);
    }
  });

  it("leaves the deviation as it is for a batch of one, which has none", async () => {
    const one = { ...drawnBatch(1, { batchSize: 1 }), embeddings: [[3, 4, 0, 0, 0]] };
    const { state } = await evaluateLoss({ loss: { name: "adaface", rate: 0.5 }, ...one });
    expect(state).toEqual({ mean: 12.5, std: 100 });
  });

  it("gives no gradient through the norm: embeddings and gradients are orthogonal", async () => {
    const batch = variedBatch(6);
    const { embeddingGradients } = await evaluateLoss({ loss: { name: "adaface", concentration: 3 }, ...batch });
    for (const [i, gradient] of embeddingGradients.entries()) {
      const x = batch.embeddings[i]!;
      expect(Math.abs(cosine(x, gradient))).toBeLessThan(1e-4);
    }
  });

  it("refuses options out of range", () => {
    for (const margin of [-0.1, 1.1, Number.NaN]) expect(() => adaFaceLoss.create({ margin })).toThrow(OptionError);
    expect(() => adaFaceLoss.create({ rate: 1.5 })).toThrow(/^adaface: rate: got 1.5, expected a number in \[0, 1\]/);
  });
});
