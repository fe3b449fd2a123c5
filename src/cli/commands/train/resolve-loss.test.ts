import { describe, expect, it } from "vitest";
import { lossOptions } from "./loss-options.ts";
import { resolveLoss } from "./resolve-loss.ts";

const casia = { identities: 10_575, dimension: 512 };
const circle = { identities: 8, dimension: 2 };

describe("resolveLoss", () => {
  it("leaves numbers and defaults as they are", () => {
    expect(resolveLoss({ loss: "cosface", margin: 0.4 }, casia)).toEqual({
      loss: { name: "cosface", margin: 0.4 },
      notes: [],
    });
    expect(resolveLoss({ loss: "asoftmax", lambda: 5 }, circle)).toEqual({
      loss: { name: "asoftmax", lambda: 5 },
      notes: [],
    });
  });

  it("chooses, and gives the reasons", () => {
    const { loss, notes } = resolveLoss({ loss: "cosface", margin: "auto", scale: "auto" }, casia);
    expect(loss).toMatchObject({ margin: 0.35, scale: expect.closeTo(32.3, 0) });
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/^margin 0.35: /);
  });

  it("gives combined its three margins", () => {
    expect(resolveLoss({ loss: "combined", m1: 0.9, m2: 0.4, m3: 0.15 }, casia).loss).toEqual({
      name: "combined",
      multiplier: 0.9,
      marginRadians: 0.4,
      margin: 0.15,
    });
  });

  it("keeps the embeddings' norm without a note about scales", () => {
    expect(resolveLoss({ loss: "cosface", scale: "norm" }, casia)).toEqual({
      loss: { name: "cosface", scale: "norm" },
      notes: [],
    });
  });

  it("takes words and switches as losses declare them", () => {
    expect(resolveLoss({ loss: "elastic-arcface", plus: true, deviation: 0.1 }, casia).loss).toEqual({
      name: "elastic-arcface",
      deviation: 0.1,
      plus: true,
    });
    expect(resolveLoss({ loss: "arcface", gradient: "detached" }, casia).loss).toMatchObject({ gradient: "detached" });
    expect(lossOptions).toMatchObject({
      plus: { needs: { loss: ["elastic-arcface", "elastic-cosface"] } },
      gradient: { choices: ["exact", "detached"], needs: { loss: ["arcface"] } },
    });
    expect(Object.keys((lossOptions as Readonly<Record<string, object>>).plus ?? {})).not.toContain("value");
  });

  it("refuses to choose for losses that have no bounds", () => {
    expect(() => resolveLoss({ loss: "arcface", margin: "auto" }, casia)).toThrow(
      /^arcface: marginRadians: got 'auto', expected a number/,
    );
  });
});
