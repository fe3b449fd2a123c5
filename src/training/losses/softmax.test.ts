import { describe, expect, it } from "vitest";
import { evaluateLoss } from "./evaluate-loss.ts";

describe("softmaxLoss", () => {
  it("is worked out by hand: logits 3 and 8, the target second", async () => {
    const { loss, embeddingGradients, centerGradients } = await evaluateLoss({
      loss: { name: "softmax" },
      embeddings: [[3, 4]],
      centers: [
        [1, 0],
        [0, 2],
      ],
      labels: [1],
    });
    const p = 1 / (1 + Math.exp(5)); // of the wrong identity
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(-5)), 7);
    // ∂L/∂x = p·(w₀ − w₁) = p·(1, −2); ∂L/∂w₀ = p·x, ∂L/∂w₁ = −p·x.
    expect(embeddingGradients[0]![0]).toBeCloseTo(p, 6);
    expect(embeddingGradients[0]![1]).toBeCloseTo(-2 * p, 6);
    expect(centerGradients.flat().map((g) => Number((g / p).toFixed(3)))).toEqual([3, 4, -3, -4]);
  });

  it("grows with the embedding's norm where the target is not the best: nothing is normalized", async () => {
    const at = async (norm: number) =>
      (
        await evaluateLoss({
          loss: { name: "softmax" },
          embeddings: [[norm, 0]],
          centers: [
            [0, 1],
            [1, 0],
          ],
          labels: [0],
        })
      ).loss;
    expect(await at(2)).toBeCloseTo(Math.log1p(Math.exp(2)), 5);
    expect(await at(5)).toBeCloseTo(Math.log1p(Math.exp(5)), 5);
  });
});
