import { describe, expect, it } from "vitest";
import { type Batch, crossEntropy, drawnBatch, expectDefinition, products } from "../../../test/loss-definition.ts";
import type { Matrix } from "../../../test/reference-losses.ts";
import { OptionError } from "../../base/core/index.ts";
import { softmaxCenter } from "./center.ts";
import { evaluateLoss } from "./evaluate-loss.ts";

const definition =
  (weight: number, means: Matrix) =>
  (batch: Batch): number => {
    const { embeddings, labels } = batch;
    const squares = embeddings.map((x, i) =>
      x.reduce((sum, value, k) => sum + (value - means[labels[i]!]![k]!) ** 2, 0),
    );
    const apart = squares.reduce((sum, value) => sum + value, 0) / squares.length;
    return crossEntropy(products(batch), labels) + (weight / 2) * apart;
  };

/** The means after a batch. */
async function nextMeans(rate: number, embeddings: Matrix, labels: readonly number[], means: Matrix) {
  const { state } = await evaluateLoss({
    loss: { name: "center", rate },
    embeddings,
    centers: means,
    labels,
    state: { means },
  });
  return (state.means as number[][]).flat();
}

describe("softmaxCenter", () => {
  it.each([0.003, 0.5, 0])("follows its definition, λ = %f", async (weight) => {
    const means = drawnBatch(9).centers;
    await expectDefinition({ name: "center", weight }, drawnBatch(4), definition(weight, means), { means });
  });

  it("begins with means of 0", async () => {
    const zeros = [0, 1, 2, 3].map(() => [0, 0, 0, 0, 0]);
    await expectDefinition({ name: "center", weight: 0.1 }, drawnBatch(4), definition(0.1, zeros));
  });

  it("moves each mean toward its samples, worked out by hand", async () => {
    const next = await nextMeans(
      0.5,
      [
        [4, 0],
        [2, 6],
        [1, 1],
      ],
      [0, 0, 2],
      [
        [0, 0],
        [7, 7],
        [1, 3],
      ],
    );
    // Identity 0: 0 − ½ · ((0,0) − (4,0) + (0,0) − (2,6)) / 3 = (1, 1). Identity 1: no sample. Identity 2:
    // (1,3) − ½ · (0,2) / 2.
    const expected = [1, 1, 7, 7, 1, 2.5];
    for (const [i, value] of next.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });

  it("refuses a rate beyond 1", () => {
    expect(() => softmaxCenter({ rate: 1.5 })).toThrow(OptionError);
    expect(() => softmaxCenter({ weight: -1 })).toThrow(OptionError);
  });
});
