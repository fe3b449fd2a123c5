import { describe, expect, it } from "vitest";
import { angleGrid, logitsAt } from "../../../test/loss-curves.ts";
import { targetOf } from "../../../test/reference-losses.ts";
import { OptionError } from "../../base/core/index.ts";
import { annealedLambda } from "./angle-multiplier.ts";
import { aSoftmax } from "./asoftmax.ts";
import { evaluateLoss } from "./evaluate-loss.ts";

describe("aSoftmax", () => {
  it("is worked out by hand: ‖x‖ = 2 at 60° from its center, m = 2", async () => {
    const { loss } = await evaluateLoss({
      loss: { name: "asoftmax", margin: 2 },
      embeddings: [[1, Math.sqrt(3)]],
      centers: [
        [5, 0],
        [0, 3],
      ],
      labels: [0],
    });
    // cos 120° = −½: logits 2·(−½) and √3.
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(Math.sqrt(3) + 1)), 5);
  });

  describe.each([2, 3, 4])("m = %i", (margin) => {
    it("ψ follows its definition by the angle, falls from 1 to 1 − 2m, and has no jump", async () => {
      const angles = angleGrid(1201);
      const curve = (await logitsAt(aSoftmax({ margin }), angles)).map(({ target }) => target);
      expect(curve[0]).toBeCloseTo(1, 6);
      expect(curve.at(-1)).toBeCloseTo(1 - 2 * margin, 5);
      for (const [i, psi] of curve.entries()) {
        const expected = targetOf({ name: "asoftmax", margin, lambda: 0 }, Math.cos(angles[i]!)).value;
        expect(Math.abs(psi - expected)).toBeLessThan(1e-5);
        if (i === 0) continue;
        const fall = curve[i - 1]! - psi;
        expect(fall).toBeGreaterThan(-4e-6); // rounding of 8·cos⁴ θ near the flat ends of a piece
        expect(fall).toBeLessThan(margin * (angles[1]! - angles[0]!) + 4e-6);
      }
    });

    it("pulls at every angle, with a finite force at 0 and π", async () => {
      const at = async (angle: number) =>
        (
          await evaluateLoss({
            loss: { name: "asoftmax", margin },
            embeddings: [[2 * Math.cos(angle), 2 * Math.sin(angle)]],
            centers: [
              [1, 0],
              [-1, 0],
            ],
            labels: [0],
          })
        ).embeddingGradients[0]!;
      for (const angle of [0, Math.PI]) expect((await at(angle)).every(Number.isFinite)).toBe(true);
      // Turning toward the center lowers the loss: the gradient points away from it, along (−sin θ, cos θ).
      for (const angle of [0.6, 1.4, 2.3]) {
        const [dx, dy] = await at(angle);
        expect(-Math.sin(angle) * dx! + Math.cos(angle) * dy!).toBeGreaterThan(0.01);
      }
    });
  });

  it("with m = 1 is plain, whatever λ: ‖x‖·cos θ", async () => {
    const angles = angleGrid(37);
    const curve = await logitsAt(aSoftmax({ margin: 1, lambda: 7 }), angles);
    for (const [i, { target }] of curve.entries()) expect(target).toBeCloseTo(Math.cos(angles[i]!), 5);
  });

  it("mixes ψ with the plain cosine by λ, its own or the one that is annealed", async () => {
    const angles = [0.3, 1.2, 2.5];
    const own = await logitsAt(aSoftmax({ lambda: 5 }), angles);
    const annealed = await logitsAt(aSoftmax({ lambda: 0 }), angles, { lambda: 5 });
    for (const [i, angle] of angles.entries()) {
      const expected = targetOf({ name: "asoftmax", margin: 4, lambda: 5 }, Math.cos(angle)).value;
      expect(own[i]!.target).toBeCloseTo(expected, 5);
      expect(annealed[i]!.target).toBeCloseTo(expected, 5);
    }
  });

  it("refuses options out of range", () => {
    for (const margin of [0, 1.5, 5, Number.NaN]) expect(() => aSoftmax({ margin })).toThrow(OptionError);
    for (const lambda of [-1, Number.NaN]) expect(() => aSoftmax({ lambda })).toThrow(OptionError);
  });
});

describe("annealedLambda", () => {
  it("falls from 1,000 as SphereFace's, and stays at 5", () => {
    expect(annealedLambda(0)).toBe(1000);
    expect(annealedLambda(100)).toBeCloseTo(1000 / 13, 9);
    expect(annealedLambda(1650)).toBeGreaterThan(5);
    expect(annealedLambda(1659)).toBe(5);
    expect(annealedLambda(1e6)).toBe(5);
  });
});
