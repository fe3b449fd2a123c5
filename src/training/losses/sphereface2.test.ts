import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Batch, cosine, drawnBatch, expectEverywhere } from "../../../test/loss-definition.ts";
import { evaluateLoss } from "./evaluate-loss.ts";
import { sphereFace2Loss } from "./sphereface2.ts";

const defaults = { alpha: 0.7, r: 40, m: 0.4, t: 3, lw: 50 };
type Numbers = typeof defaults;

const softplus = (z: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** The authors' formula in f64, as mean over batch and identities; g(c) ∓ m − c is fixed for the given batch. */
function definition(given: Batch, { alpha, r, m, t, lw }: Numbers, bias: number) {
  const fixed = given.embeddings.map((x, i) =>
    given.centers.map((w, j) => {
      const c = cosine(x, w);
      return 2 * ((c + 1) / 2) ** t - 1 - m * (j === given.labels[i] ? 1 : -1) - c;
    }),
  );
  return ({ embeddings, centers, labels }: Batch): number => {
    let sum = 0;
    for (const [i, x] of embeddings.entries()) {
      for (const [j, w] of centers.entries()) {
        const z = r * (cosine(x, w) + fixed[i]![j]!) + bias;
        const isTarget = j === labels[i];
        const weight = ((lw * centers.length) / r) * (isTarget ? alpha : 1 - alpha);
        sum += weight * softplus(isTarget ? -z : z);
      }
    }
    return sum / (embeddings.length * centers.length);
  };
}

/** The loss of a sample with a cosine of 0 to every identity. */
function lossAtRightAngles(identityCount: number, { alpha, r, m, t, lw }: Numbers, bias: number): number {
  const g = 2 * 0.5 ** t - 1;
  return (
    (lw / r) *
    (alpha * softplus(-(r * (g - m) + bias)) + (1 - alpha) * (identityCount - 1) * softplus(r * (g + m) + bias))
  );
}

const batchOf = (identityCount: number) => ({
  embeddings: [[1, 0]],
  centers: Array.from({ length: identityCount }, () => [0, 1]),
  labels: [0],
});

describe("SphereFace2", () => {
  it("is worked out by hand: a target at 0° and another at 90°", async () => {
    const { loss, parameterGradients } = await evaluateLoss({
      loss: { name: "sphereface2", margin: 0.25, scale: 2, balance: 0.75, exponent: 2, weight: 8 },
      embeddings: [[4, 0]],
      centers: [
        [1, 0],
        [0, 2],
      ],
      labels: [0],
      state: { bias: 0.5 },
    });
    // g(1) = 1, g(0) = −½: z = 2 · 0.75 + 0.5 and 2 · (−0.25) + 0.5.
    expect(loss).toBeCloseTo(4 * (0.75 * Math.log(1 + Math.exp(-2)) + 0.25 * Math.log(2)), 5);
    expect(parameterGradients.bias).toBeCloseTo(4 * (-0.75 / (1 + Math.exp(2)) + 0.25 / 2), 5);
  });

  it.each([
    ["the defaults", defaults, 10, {}],
    [
      "another bias and exponent",
      { alpha: 0.5, r: 20, m: 0.1, t: 2.5, lw: 1 },
      -3,
      { balance: 0.5, scale: 20, margin: 0.1, exponent: 2.5, weight: 1 },
    ],
  ] as const)("agrees with the f64 reference, gradients too: %s", async (_, numbers, bias, options) => {
    await expectEverywhere({ name: "sphereface2", ...options }, (given) => definition(given, numbers, bias), {
      angles: [0, 0.1, 1.2, 1.6, 2.5, Math.PI],
      moreFor: () => ({ state: { bias } }),
    });
  });

  it.each([2, 3, 100, 100_000])(
    "starts with the bias for which the first loss is least: %i identities",
    async (count) => {
      const { state, loss, parameterGradients } = await evaluateLoss({
        loss: { name: "sphereface2" },
        ...batchOf(count),
      });
      const bias = state.bias as number;
      const at = (b: number) => lossAtRightAngles(count, defaults, b);
      expect(Math.abs(loss / at(bias) - 1)).toBeLessThan(1e-4);
      for (const step of [-0.01, 0.01]) expect(at(bias + step)).toBeGreaterThan(at(bias));
      // Where the others' and the target's slopes cancel.
      expect(Math.abs(parameterGradients.bias as number)).toBeLessThan(1e-3);
    },
  );

  it("has such a bias for all options, finite where targets and others are far apart", async () => {
    await fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 1_000_000 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.double({ min: 1, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, alpha, r, m) => {
          const numbers = { ...defaults, alpha, r, m };
          const loss = sphereFace2Loss.create({ balance: alpha, scale: r, margin: m });
          // The expectation over all angles goes through the bias, too.
          expect(loss.firstLoss!({ identities: count, dimension: 64 }, m)).toBeGreaterThan(0);
          const slope = (b: number) =>
            (lossAtRightAngles(count, numbers, b + 1e-3) - lossAtRightAngles(count, numbers, b - 1e-3)) / 2e-3;
          expect(slope(-500) < 0 && slope(500) > 0).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("foretells its first loss", async () => {
    const batch = drawnBatch(8, { identityCount: 40, batchSize: 200, size: 32, spread: 1e6 });
    const loss = sphereFace2Loss.create({ scale: 16 });
    const got = await evaluateLoss({ loss, ...batch });
    const expected = loss.firstLoss!({ identities: 40, dimension: 32 }, 0.4)!;
    expect(Math.abs(got.loss / expected - 1)).toBeLessThan(0.05);
  });
});
