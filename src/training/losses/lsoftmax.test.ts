import { describe, expect, it } from "vitest";
import {
  type Batch,
  cosine,
  crossEntropy,
  drawnBatch,
  expectDefinition,
  norm,
  products,
} from "../../../test/loss-definition.ts";
import { targetOf } from "../../../test/reference-losses.ts";
import { OptionError } from "../../base/core/index.ts";
import { evaluateLoss } from "./evaluate-loss.ts";
import { lSoftmax } from "./lsoftmax.ts";

const definition =
  (margin: number, lambda: number) =>
  (batch: Batch): number => {
    const { embeddings, centers, labels } = batch;
    const logits = products(batch).map((row, i) => {
      const [x, w] = [embeddings[i]!, centers[labels[i]!]!];
      const { value } = targetOf({ name: "asoftmax", margin, lambda }, cosine(x, w));
      return row.map((z, j) => (j === labels[i] ? norm(x) * norm(w) * value : z));
    });
    return crossEntropy(logits, labels);
  };

describe("lSoftmax", () => {
  it("is worked out by hand: ‖x‖ = 2 at 60° from a center of length 5, m = 2", async () => {
    const { loss } = await evaluateLoss({
      loss: { name: "lsoftmax", margin: 2 },
      embeddings: [[1, Math.sqrt(3)]],
      centers: [
        [5, 0],
        [0, 3],
      ],
      labels: [0],
    });
    // cos 120° = −½: logits 5·2·(−½) and 3√3.
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(3 * Math.sqrt(3) + 5)), 4);
  });

  it.each([
    [2, 0],
    [3, 5],
    [4, 0],
  ])("follows its definition, m = %i, λ = %f", async (margin, lambda) => {
    await expectDefinition({ name: "lsoftmax", margin, lambda }, drawnBatch(margin), definition(margin, lambda));
  });

  it("with m = 1 is softmax", async () => {
    const batch = drawnBatch(7);
    const plain = await evaluateLoss({ loss: { name: "softmax" }, ...batch });
    const large = await evaluateLoss({ loss: { name: "lsoftmax", margin: 1 }, ...batch });
    expect(large.loss).toBeCloseTo(plain.loss, 5);
  });

  it("refuses other multipliers", () => {
    expect(() => lSoftmax({ margin: 5 })).toThrow(OptionError);
    expect(() => lSoftmax({ lambda: -1 })).toThrow(OptionError);
  });
});
