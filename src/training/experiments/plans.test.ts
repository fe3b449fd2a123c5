import { describe, expect, it } from "vitest";
import { createLoss } from "../losses/index.ts";
import { lossesExperiment } from "./losses.ts";
import { marginExperiment } from "./margin.ts";
import { normalizationExperiment } from "./normalization.ts";
import { scaleExperiment } from "./scale.ts";

describe.each([
  marginExperiment(30),
  lossesExperiment(30),
  normalizationExperiment(30, 0.35),
  scaleExperiment(318, 0.35),
])("experiment $name", ({ variants, axis }) => {
  it("has variants of different names, with losses that exist", () => {
    expect(new Set(variants.map(({ name }) => name)).size).toBe(variants.length);
    expect(variants.length).toBeGreaterThan(3);
    for (const { loss } of variants) expect(createLoss(loss).name).toBe(loss.name);
  });

  it("has a position on its axis for each, and starts only from variants that exist", () => {
    for (const { x, startsFrom } of variants) {
      expect(x !== undefined).toBe(axis !== undefined);
      if (startsFrom !== undefined) expect(variants.map(({ name }) => name)).toContain(startsFrom);
    }
  });
});
