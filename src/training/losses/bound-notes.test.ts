import { describe, expect, it } from "vitest";
import type { SphereSize } from "../../measure/hypersphere/index.ts";
import { createLoss, type LossOptions } from "./registry.ts";

const lossNotes = (loss: LossOptions, size: SphereSize) => createLoss(loss).notes?.(size) ?? [];

const casia = { identities: 10_575, dimension: 512 };
const circle = { identities: 8, dimension: 2 };

describe("notes of losses", () => {
  it("say why a margin or a scale cannot work", () => {
    // Eight identities on the circle leave 1 − cos(π/4) = 0.2929.
    expect(lossNotes({ name: "cosface", margin: 0.35, scale: 64 }, circle)[0]).toMatch(/leave at most 0\.293/);
    expect(lossNotes({ name: "cosface", margin: 0.2, scale: 8 }, circle)[0]).toMatch(
      /at least \d+\.\d for margin 0\.2/,
    );
    expect(lossNotes({ name: "nsl", scale: 5 }, casia)[0]).toMatch(/scale 5 is too small/);
  });

  it("know the losses' defaults", () => {
    expect(lossNotes({ name: "cosface" }, circle)[0]).toMatch(/^margin 0\.35 cannot be met/);
    expect(lossNotes({ name: "cosface" }, casia)).toEqual([]);
  });

  it("say nothing where nothing is known to be wrong", () => {
    expect(lossNotes({ name: "cosface", margin: 0.35, scale: "norm" }, circle)).toEqual([]);
    expect(lossNotes({ name: "arcface", scale: 1 }, circle)).toEqual([]);
    expect(lossNotes({ name: "softmax" }, circle)).toEqual([]);
  });
});
