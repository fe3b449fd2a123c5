import { describe, expect, it } from "vitest";
import { type Batch, cosine, drawnBatch, expectDefinition } from "../../../test/loss-definition.ts";
import { OptionError } from "../../base/core/index.ts";
import { evaluateLoss } from "./evaluate-loss.ts";
import { triplet } from "./triplet.ts";

const squared = (a: readonly number[], b: readonly number[]) => 2 - 2 * cosine(a, b);

const definition =
  (margin: number) =>
  ({ embeddings, labels }: Batch): number => {
    const losses: number[] = [];
    for (const [a, anchor] of embeddings.entries()) {
      const others = embeddings.filter((_, n) => labels[n] !== labels[a]).map((x) => squared(anchor, x));
      for (const [p, positive] of embeddings.entries()) {
        if (p === a || labels[p] !== labels[a]) continue;
        const distance = squared(anchor, positive);
        const farther = others.filter((other) => other > distance);
        const negative = farther.length > 0 ? Math.min(...farther) : Math.max(...others);
        losses.push(others.length === 0 ? 0 : Math.max(0, distance - negative + margin));
      }
    }
    return losses.reduce((sum, value) => sum + value, 0) / Math.max(losses.length, 1);
  };

describe("triplet", () => {
  it("is worked out by hand: a pair at 60°, impostors at 90° and 180° from the first", async () => {
    const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const { loss, centerGradients } = await evaluateLoss({
      loss: { name: "triplet", margin: 1.5 },
      embeddings: [at(0), at(60).map((value) => 3 * value), at(90), at(180)],
      centers: [at(0), at(0), at(0)],
      labels: [0, 0, 1, 2],
    });
    // Anchor at 0°: d² = 1 to its partner, 2 to the semi-hard impostor at 90°. Anchor at 60°: the impostor at 90°
    // is nearer than its partner, so the one at 180° is taken, with d² = 3. Losses ½ and 0.
    expect(loss).toBeCloseTo(0.25, 5);
    expect(centerGradients.flat().every((value) => value === 0)).toBe(true);
  });

  it.each([0.35, 1, 2])("follows its definition, α = %f", async (margin) => {
    const batch = drawnBatch(2, { batchSize: 12, identityCount: 3, size: 3 });
    await expectDefinition({ name: "triplet", margin }, batch, definition(margin));
  });

  it("is 0 without a genuine pair, and without an impostor", async () => {
    const batch = drawnBatch(2, { batchSize: 4 });
    for (const labels of [
      [0, 1, 2, 3],
      [1, 1, 1, 1],
    ]) {
      const { loss, embeddingGradients } = await evaluateLoss({ loss: { name: "triplet" }, ...batch, labels });
      expect(loss).toBe(0);
      expect(embeddingGradients.flat().every((value) => value === 0)).toBe(true);
    }
  });

  it("refuses a margin beyond the sphere", () => {
    expect(() => triplet({ margin: 4.5 })).toThrow(OptionError);
  });
});
