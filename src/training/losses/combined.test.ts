import { describe, expect, it } from "vitest";
import { angleGrid, logitsAt } from "../../../test/loss-curves.ts";
import { OptionError } from "../../base/core/index.ts";
import { arcFace } from "./arcface.ts";
import { combinedMargin } from "./combined.ts";
import { cosFace } from "./cosface.ts";

describe("combinedMargin", () => {
  it("is worked out by hand: half of 60° and 30° are 60° again", async () => {
    const loss = combinedMargin({ multiplier: 0.5, marginRadians: Math.PI / 6, margin: 0.1, scale: 5 });
    const [{ target, other }] = (await logitsAt(loss, [Math.PI / 3])) as [{ target: number; other: number }];
    expect(target).toBeCloseTo(5 * (0.5 - 0.1), 5);
    expect(other).toBeCloseTo(5 * Math.sin(Math.PI / 3), 5);
  });

  it("is CosFace with (1, 0, m), and ArcFace with (1, m, 0) up to θ = π − m", async () => {
    const angles = angleGrid(91).filter((angle) => angle > 0.02 && angle < Math.PI - 0.52);
    const pairs = [
      [combinedMargin({ marginRadians: 0, margin: 0.35, scale: 8 }), cosFace({ margin: 0.35, scale: 8 })],
      [combinedMargin({ marginRadians: 0.5, margin: 0, scale: 8 }), arcFace({ marginRadians: 0.5, scale: 8 })],
    ] as const;
    for (const [combined, other] of pairs) {
      const expected = await logitsAt(other, angles);
      const got = await logitsAt(combined, angles);
      for (const [i, { target }] of got.entries()) expect(target).toBeCloseTo(expected[i]!.target, 4);
    }
  });

  it("takes a cosine margin that is warmed up in place of its own", async () => {
    const warmed = await logitsAt(combinedMargin({ margin: 0.2, scale: 1 }), [1], { margin: 0.05 });
    const fixed = await logitsAt(combinedMargin({ margin: 0.05, scale: 1 }), [1]);
    expect(warmed[0]!.target).toBeCloseTo(fixed[0]!.target, 6);
  });

  it.each([{ multiplier: 0.4 }, { multiplier: 5 }, { marginRadians: -1 }, { margin: 1.1 }, { scale: -1 }])(
    "refuses %o",
    (options) => {
      expect(() => combinedMargin(options)).toThrow(OptionError);
    },
  );
});
