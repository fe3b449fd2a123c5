import { describe, expect, it } from "vitest";
import { angleGrid, logitsAt } from "../../../test/loss-curves.ts";
import { OptionError } from "../../base/core/index.ts";
import { arcFace } from "./arcface.ts";
import { evaluateLoss } from "./evaluate-loss.ts";

describe("arcFace", () => {
  it("is worked out by hand: 90° and a margin of 30° give cos 120°", async () => {
    const { loss } = await evaluateLoss({
      loss: { name: "arcface", marginRadians: Math.PI / 6, scale: 2 },
      embeddings: [[4, 0]],
      centers: [
        [0, 1],
        [3, 0],
      ],
      labels: [0],
    });
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(2 * (1 + 0.5))), 5);
  });

  it("is cos(θ + m) up to θ = π − m, cos θ − m·sin m beyond, and falls everywhere", async () => {
    const m = 0.5;
    const angles = angleGrid(1201).filter((angle) => Math.abs(angle - (Math.PI - m)) > 1e-4);
    const curve = await logitsAt(arcFace({ marginRadians: m, scale: 1 }), angles);
    for (const [i, { target }] of curve.entries()) {
      const angle = angles[i]!;
      const expected = angle < Math.PI - m ? Math.cos(angle + m) : Math.cos(angle) - m * Math.sin(m);
      expect(Math.abs(target - expected)).toBeLessThan(5e-7);
      if (i > 0) expect(target).toBeLessThan(curve[i - 1]!.target + 1e-7);
    }
  });

  it("takes a margin that is warmed up in place of its own, on both branches", async () => {
    const angles = [0.2, 1, 2.9];
    const warmed = await logitsAt(arcFace({ marginRadians: 0.5, scale: 8 }), angles, { margin: 0.3 });
    const fixed = await logitsAt(arcFace({ marginRadians: 0.3, scale: 8 }), angles);
    for (const [i, { target }] of warmed.entries()) expect(target).toBeCloseTo(fixed[i]!.target, 5);
    const none = await logitsAt(arcFace({ marginRadians: 0.5, scale: 8 }), angles, { margin: 0 });
    for (const [i, { target }] of none.entries()) expect(target).toBeCloseTo(8 * Math.cos(angles[i]!), 5);
  });

  it("refuses options out of range", () => {
    expect(arcFace()).toMatchObject({ margin: 0.5, scale: 64 });
    for (const marginRadians of [-0.1, 1.6, Number.NaN]) expect(() => arcFace({ marginRadians })).toThrow(OptionError);
    expect(() => arcFace({ scale: 0 })).toThrow(OptionError);
  });
});
