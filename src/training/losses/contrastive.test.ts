import { describe, expect, it } from "vitest";
import {
  type Batch,
  cosine,
  crossEntropy,
  drawnBatch,
  expectDefinition,
  products,
} from "../../../test/loss-definition.ts";
import { OptionError } from "../../base/core/index.ts";
import { softmaxContrastive } from "./contrastive.ts";
import { evaluateLoss } from "./evaluate-loss.ts";

const definition =
  (margin: number, weight: number) =>
  (batch: Batch): number => {
    const { embeddings, labels } = batch;
    const sums = { genuine: [] as number[], impostor: [] as number[] };
    for (const [i, a] of embeddings.entries()) {
      for (const [j, b] of embeddings.entries()) {
        if (i === j) continue;
        const distance = Math.sqrt(2 - 2 * cosine(a, b));
        if (labels[i] === labels[j]) sums.genuine.push(distance ** 2 / 2);
        else sums.impostor.push(Math.max(0, margin - distance) ** 2 / 2);
      }
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
    return crossEntropy(products(batch), labels) + weight * (mean(sums.genuine) + mean(sums.impostor));
  };

describe("softmaxContrastive", () => {
  it.each([
    [1, 1],
    [1.6, 0.3],
    [0, 2],
  ])("follows its definition, m = %f, λ = %f", async (margin, weight) => {
    const loss = { name: "contrastive", margin, weight } as const;
    await expectDefinition(loss, drawnBatch(3, { spread: 0.4 }), definition(margin, weight));
  });

  it("without a genuine pair has the impostors' term alone, and without weight is softmax", async () => {
    const batch = { ...drawnBatch(5, { batchSize: 3, size: 2 }), labels: [0, 1, 2] };
    await expectDefinition({ name: "contrastive", margin: 1.5 }, batch, definition(1.5, 1));
    const { loss } = await evaluateLoss({ loss: { name: "contrastive", weight: 0 }, ...batch });
    expect(loss).toBeCloseTo(crossEntropy(products(batch), batch.labels), 5);
  });

  it("has finite gradients where two people have one embedding", async () => {
    const { embeddingGradients } = await evaluateLoss({
      loss: { name: "contrastive" },
      embeddings: [
        [1, 2],
        [1, 2],
      ],
      centers: [
        [1, 0],
        [0, 1],
      ],
      labels: [0, 1],
    });
    expect(embeddingGradients.flat().every(Number.isFinite)).toBe(true);
  });

  it("refuses a margin beyond the sphere's diameter", () => {
    expect(() => softmaxContrastive({ margin: 2.1 })).toThrow(OptionError);
    expect(() => softmaxContrastive({ weight: -1 })).toThrow(OptionError);
  });
});
