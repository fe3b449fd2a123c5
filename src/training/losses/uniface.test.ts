import { describe, expect, it } from "vitest";
import { type Batch, cosine, drawnBatch, expectEverywhere } from "../../../test/loss-definition.ts";
import { evaluateLoss } from "./evaluate-loss.ts";
import { uniFaceLoss } from "./uniface.ts";

const defaults = { m: 0.4, s: 64, l: 1 };

/** The authors' formula in f64. */
function definition({ m, s, l }: typeof defaults, bias: number) {
  const cost = (z: number) => Math.log(1 + Math.exp(Math.max(-s, Math.min(s, z))));
  return ({ embeddings, centers, labels }: Batch): number => {
    const sums = embeddings.map((x, i) =>
      centers
        .map((w, j) => (j === labels[i] ? cost(-(s * (cosine(x, w) - m) - bias)) : l * cost(s * cosine(x, w) - bias)))
        .reduce((sum, value) => sum + value),
    );
    return sums.reduce((sum, value) => sum + value) / sums.length;
  };
}

describe("UniFace", () => {
  it("is worked out by hand: a target at 0°, another at 90°, and a third at 180°", async () => {
    const { loss, parameterGradients } = await evaluateLoss({
      loss: { name: "uniface", margin: 0.5, scale: 2, negativeWeight: 3 },
      embeddings: [[4, 0]],
      centers: [
        [1, 0],
        [0, 2],
        [-3, 0],
      ],
      labels: [0],
      state: { bias: 0.5 },
    });
    const [own, middle, far] = [0.5, -0.5, -2];
    // s·(−1) − b = −2.5 is clipped to −2.
    expect(loss).toBeCloseTo(
      Math.log(1 + Math.exp(-own)) + 3 * (Math.log(1 + Math.exp(middle)) + Math.log(1 + Math.exp(far))),
      5,
    );
    // The slope of ln(1 + e^z) is the sigmoid, and what is clipped has none.
    const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
    expect(parameterGradients.bias).toBeCloseTo(sigmoid(-own) - 3 * sigmoid(middle), 5);
  });

  it.each([
    ["the first bias", defaults, undefined, {}],
    ["another bias", defaults, 20, {}],
    ["a small scale", { m: 0.2, s: 4, l: 0.5 }, -1, { margin: 0.2, scale: 4, negativeWeight: 0.5 }],
  ] as const)("agrees with the f64 reference, gradients too: %s", async (_, numbers, bias, options) => {
    const biasOf = ({ centers }: Batch) => Math.fround(bias ?? Math.log(10 * centers.length));
    await expectEverywhere({ name: "uniface", ...options }, (given) => definition(numbers, biasOf(given)), {
      angles: [0, 0.1, 1.2, 1.6, 2.5, Math.PI],
      moreFor: () => (bias === undefined ? {} : { state: { bias } }),
    });
  });

  it("reports the bias, ln 10C at first, and its gradient", async () => {
    const batch = drawnBatch(3);
    const { state, parameterGradients } = await evaluateLoss({ loss: { name: "uniface", scale: 8 }, ...batch });
    expect(state.bias).toBeCloseTo(Math.log(40), 6);
    const at = (bias: number) => definition({ ...defaults, s: 8 }, bias)(batch);
    const slope = (at(Math.log(40) + 1e-6) - at(Math.log(40) - 1e-6)) / 2e-6;
    expect(Math.abs((parameterGradients.bias as number) / slope - 1)).toBeLessThan(1e-5);
  });

  it("foretells its first loss", async () => {
    const batch = drawnBatch(8, { identityCount: 40, batchSize: 200, size: 32, spread: 1e6 });
    const loss = uniFaceLoss.create({ scale: 16 });
    const got = await evaluateLoss({ loss, ...batch });
    const expected = loss.firstLoss!({ identities: 40, dimension: 32 }, 0.4)!;
    expect(Math.abs(got.loss / expected - 1)).toBeLessThan(0.05);
  });
});
