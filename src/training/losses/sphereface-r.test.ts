import { describe, expect, it } from "vitest";
import { angledBatch, type Batch, cosine, crossEntropy, expectEverywhere } from "../../../test/loss-definition.ts";
import { OptionError } from "../../base/core/index.ts";
import { evaluateLoss } from "./evaluate-loss.ts";
import { sphereFaceRLoss } from "./sphereface-r.ts";

/** (−1)^k · cos(mθ) − 2k. */
function psi(c: number, m: number): number {
  const multiple = m * Math.acos(Math.max(-1, Math.min(1, c)));
  const k = Math.floor(multiple / Math.PI);
  return (-1) ** k * Math.cos(multiple) - 2 * k;
}

/** The authors' formula in f64: what their code adds to the target without gradient is fixed for the given batch. */
function definition(given: Batch, { m, s }: { m: number; s: number }) {
  const own = given.embeddings.map((x, i) => cosine(x, given.centers[given.labels[i]!]!));
  const added = own.map((c) => psi(c, m) - c);
  return ({ embeddings, centers, labels }: Batch): number => {
    const logits = embeddings.map((x, i) =>
      centers.map((w, j) => s * (cosine(x, w) + (j === labels[i] ? added[i]! : 0))),
    );
    return crossEntropy(logits, labels);
  };
}

describe("SphereFace-R", () => {
  it("is worked out by hand: 60° times 2 is 120°, and 150° times 2 is 300°, beyond 180°", async () => {
    const [third, half] = [1 / 2, Math.sqrt(3) / 2];
    const at = async (x: readonly number[]) =>
      (
        await evaluateLoss({
          loss: { name: "sphereface-r", margin: 2, scale: 1 },
          embeddings: [x],
          centers: [
            [1, 0],
            [0, -1],
          ],
          labels: [0],
        })
      ).loss;
    // ψ(60°) = cos 120° = −½; the other's cosine is −√3/2.
    expect(await at([third, half])).toBeCloseTo(Math.log(1 + Math.exp(-half + 0.5)), 6);
    // ψ(150°) = −cos 300° − 2 = −2.5; the other's cosine is −½.
    expect(await at([-half, third])).toBeCloseTo(Math.log(1 + Math.exp(-0.5 + 2.5)), 6);
  });

  it.each([
    { m: 1.7, s: 30 },
    { m: 1, s: 64 },
    { m: 3.3, s: 20 },
  ])("agrees with the f64 reference, gradients too: %o", async ({ m, s }) => {
    const angles = [0, 0.01, 1, 1.5, Math.PI / m - 0.02, Math.PI / m + 0.02, 3, Math.PI].map((angle) =>
      Math.min(angle, Math.PI),
    );
    await expectEverywhere({ name: "sphereface-r", margin: m, scale: s }, (given) => definition(given, { m, s }), {
      angles,
    });
  });

  it("has the gradient of NSL for equal probabilities: ∂logit/∂cos θ is s for every entry", async () => {
    const batch = angledBatch([0.3], { identityCount: 2 });
    const target = await evaluateLoss({ loss: { name: "sphereface-r" }, ...batch });
    const plain = await evaluateLoss({ loss: { name: "nsl", scale: 30 }, ...batch });
    const ratios = (rows: number[][], others: number[][]) => rows.flat().map((value, k) => value / others.flat()[k]!);
    const [first, ...rest] = ratios(target.embeddingGradients, plain.embeddingGradients);
    for (const ratio of rest) expect(ratio / first!).toBeCloseTo(1, 3);
  });

  it("refuses multipliers below 1", () => {
    expect(() => sphereFaceRLoss.create({ margin: 0.9 })).toThrow(OptionError);
    expect(() => sphereFaceRLoss.create({ margin: 0.9 })).toThrow("expected a number in [1, 10]");
  });
});
