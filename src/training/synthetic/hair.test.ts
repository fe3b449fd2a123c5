import { describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import { drawConditions } from "./conditions.ts";
import { Hair } from "./hair.ts";
import { type Identity, syntheticIdentity } from "./identity.ts";

const { styling } = drawConditions(random(0), 0);
const hairOf = (parts: Partial<Identity>): Hair => new Hair({ ...syntheticIdentity(1, 3), ...parts }, styling);

describe("Hair", () => {
  it("has a border without steps, in front and beside the face", () => {
    for (const hairLength of [0, 4, 12]) {
      const hair = hairOf({ hairLength });
      const step = 0.02;
      let largest = 0;
      for (let y = -11; y < 9; y += 0.7) {
        for (let x = -7; x <= 7; x += 1.3) {
          for (let z = -6; z < 9; z += step) {
            const here = hair.inside({ x, y, z });
            const next = hair.inside({ x, y, z: z + step });
            // Only near the border does it matter: shade ends 1.3 cm outside.
            if (Math.max(here, next) > -1.3) largest = Math.max(largest, Math.abs(next - here));
          }
        }
      }
      expect(largest).toBeGreaterThan(0.9 * step);
      expect(largest).toBeLessThan(1.1 * step);
    }
  });

  it("leaves the face free, covers the crown, and falls beside the face as far as it is long", () => {
    const short = hairOf({ hairLength: 0, fringe: 0 });
    const long = hairOf({ hairLength: 10, fringe: 0 });
    for (const hair of [short, long]) {
      expect(hair.inside({ x: 0, y: 0, z: 9 })).toBeLessThan(-1);
      expect(hair.inside({ x: 0, y: 10, z: 3 })).toBeGreaterThan(1);
    }
    const beside = { x: 7, y: -6, z: 0 };
    expect([short.coversEars, short.inside(beside) > 0]).toEqual([false, false]);
    expect([long.coversEars, long.inside(beside) > 0]).toEqual([true, true]);
    expect(long.inside({ ...beside, y: -11 })).toBeLessThan(0);
  });
});
