import { describe, expect, it } from "vitest";
import {
  type Batch,
  cosine,
  crossEntropy,
  drawnBatch,
  expectDefinition,
  inSinglePrecision,
} from "../../../test/loss-definition.ts";
import { OptionError } from "../../base/core/index.ts";
import { curricularFaceLoss } from "./curricularface.ts";
import { evaluateLoss } from "./evaluate-loss.ts";

const defaults = { m: 0.5, s: 64, rate: 0.01 };

/** t after a batch. */
function nextStage({ embeddings, centers, labels }: Batch, rate: number, before: number): number {
  const cosines = embeddings.map((x, i) => cosine(x, centers[labels[i]!]!));
  return rate * (cosines.reduce((sum, c) => sum + c, 0) / cosines.length) + (1 - rate) * before;
}

/** The authors' formula in f64, with arccos. t counts as a constant, so it is fixed for the given batch. */
function definition(given: Batch, { m, s, rate }: typeof defaults, before = 0) {
  const t = nextStage(given, rate, before);
  return ({ embeddings, centers, labels }: Batch): number => {
    const logits = embeddings.map((x, i) => {
      const angle = Math.acos(cosine(x, centers[labels[i]!]!));
      const moved = Math.cos(angle + m);
      return centers.map((w, j) => {
        const c = cosine(x, w);
        if (j === labels[i]) return s * (angle < Math.PI - m ? moved : c - m * Math.sin(m));
        return s * (c > moved ? c * (t + c) : c);
      });
    });
    return crossEntropy(logits, labels);
  };
}

describe("CurricularFace", () => {
  it("is worked out by hand: 60° and a margin of 30°, a hard negative at 30° and an easy one at 150°", async () => {
    const { loss, state } = await evaluateLoss({
      loss: { name: "curricularface", marginRadians: Math.PI / 6, scale: 2, rate: 0.2 },
      embeddings: [[3, 0]],
      centers: [
        [1, Math.sqrt(3)],
        [Math.sqrt(3), -1],
        [-Math.sqrt(3), 1],
      ],
      labels: [0],
      state: { t: 0.5 },
    });
    // t = 0.2 · ½ + 0.8 · ½ = ½; cos 90° = 0 is the threshold.
    const c = Math.sqrt(3) / 2;
    expect(state.t).toBeCloseTo(0.5, 6);
    expect(loss).toBeCloseTo(Math.log(1 + Math.exp(2 * c * (0.5 + c)) + Math.exp(-2 * c)), 5);
  });

  it.each([
    ["the defaults", defaults, 0, {}],
    ["late in training", { m: 0.3, s: 16, rate: 0.1 }, 0.7, { marginRadians: 0.3, scale: 16, rate: 0.1 }],
    ["without a margin", { m: 0, s: 8, rate: 1 }, 0, { marginRadians: 0, scale: 8, rate: 1 }],
  ] as const)("agrees with the f64 reference, gradients too: %s", async (_, numbers, t, options) => {
    for (const [seed, spread] of [
      [1, 1],
      [2, 0.5],
      [3, 3],
    ] as const) {
      const batch = inSinglePrecision(drawnBatch(seed, { spread }));
      const state = { t };
      await expectDefinition(
        { name: "curricularface", ...options },
        batch,
        definition(batch, numbers, t),
        { state },
        // f32 rounds a cosine by 6e-8, and s · c · (t + c) repeats that some 2s times: 64 costs a digit more than 16.
        numbers.s > 16 ? 2e-5 : 1e-5,
      );
    }
  });

  it("keeps t from step to step, from 0 on", async () => {
    let t = 0;
    for (const seed of [4, 5]) {
      const batch = drawnBatch(seed);
      const { state } = await evaluateLoss({ loss: { name: "curricularface" }, ...batch, state: { t } });
      const expected = nextStage(batch, 0.01, t);
      expect(state.t).toBeCloseTo(expected, 6);
      t = state.t as number;
    }
    expect((await evaluateLoss({ loss: { name: "curricularface", rate: 0 }, ...drawnBatch(4) })).state).toEqual({
      t: 0,
    });
  });

  it("refuses options out of range", () => {
    for (const marginRadians of [-0.1, 1.6]) {
      expect(() => curricularFaceLoss.create({ marginRadians })).toThrow(OptionError);
    }
  });
});
