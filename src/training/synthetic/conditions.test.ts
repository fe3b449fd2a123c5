import { describe, expect, it } from "vitest";
import { type FaceConditions, faceConditions, override } from "./conditions.ts";

const at = (difficulty: number, image = 0): FaceConditions =>
  faceConditions({ seed: 1, identity: 2, image }, difficulty);

/** Everything that is scaled by the difficulty, as departures from neutral. */
function departures({ pose, light, expression, styling, photo, placement }: FaceConditions): Record<string, number> {
  return {
    ...pose,
    ...light,
    ...expression,
    ...placement,
    distance: pose.distance - 75,
    elevation: light.elevation - 22,
    strength: light.strength - 1,
    ambient: light.ambient - 1,
    scale: placement.scale - 1,
    hairTone: styling.hairTone,
    hairVolume: styling.hairVolume,
    hairSwing: styling.hairSwing,
    beardGrowth: styling.beardGrowth,
    exposure: photo.exposure,
    contrast: photo.contrast,
    saturation: photo.saturation,
    photoWarmth: photo.warmth,
    tint: photo.tint,
    blur: photo.blur,
    noise: photo.noise - 1,
  };
}

describe("faceConditions", () => {
  it("are neutral at difficulty 0", () => {
    for (const [name, value] of Object.entries(departures(at(0)))) expect(value, name).toBeCloseTo(0, 12);
    expect(at(0).styling.occlusion).toBe("none");
  });

  it("depart from neutral in proportion to the difficulty, for the same image", () => {
    for (let image = 0; image < 20; image++) {
      const half = departures(at(0.4, image));
      const whole = departures(at(0.8, image));
      for (const [name, value] of Object.entries(half)) {
        if (name !== "eyeClosure") expect(whole[name]!, name).toBeCloseTo(2 * value, 10);
      }
    }
  });

  it("vary more at a higher difficulty", () => {
    const names = Object.keys(departures(at(1)));
    const variance = (difficulty: number, name: string): number => {
      const values = Array.from({ length: 100 }, (_, image) => departures(at(difficulty, image))[name]!);
      const mean = values.reduce((sum, value) => sum + value) / values.length;
      return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    };
    for (const name of names) {
      const variances = [0.25, 0.5, 0.75, 1].map((difficulty) => variance(difficulty, name));
      expect(variances, name).toEqual([...variances].sort((a, b) => a - b));
      expect(variances[0], name).toBeGreaterThan(0);
    }
  });

  it("cover a quarter of the faces at difficulty 1", () => {
    const covered = Array.from({ length: 1000 }, (_, image) => at(1, image).styling.occlusion !== "none");
    // Standard deviation of the count is 14.
    expect(Math.abs(covered.filter(Boolean).length - 250)).toBeLessThan(60);
  });
});

describe("override", () => {
  it("replaces only what is given", () => {
    const conditions = at(0.5);
    const replaced = override(conditions, { pose: { yaw: 11 } });
    expect(replaced).toEqual({ ...conditions, pose: { ...conditions.pose, yaw: 11 } });
  });
});
