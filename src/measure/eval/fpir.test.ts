import { describe, expect, it } from "vitest";
import { OptionError, random } from "../../base/core/index.ts";
import { expectedFpir, farForFpir } from "./fpir.ts";

describe("expectedFpir", () => {
  it("is 1 − (1 − FAR)^N, exactly where the plain formula rounds to nothing", () => {
    expect(expectedFpir(0.5, 2)).toBeCloseTo(0.75, 12);
    expect(expectedFpir(0.001, 1)).toBeCloseTo(0.001, 15);
    expect(expectedFpir(1e-18, 1000)).toBeCloseTo(1e-15, 24);
    expect([expectedFpir(0.1, 0), expectedFpir(1, 0), expectedFpir(1, 3), expectedFpir(0, 9)]).toEqual([0, 0, 1, 0]);
  });

  it("is the share of non-mates with a false match, in a simulation of independent comparisons", () => {
    const [far, identityCount, probeCount] = [0.01, 50, 4000];
    const stream = random(1, "fpir");
    let taken = 0;
    for (let probe = 0; probe < probeCount; probe++) {
      let isTaken = false;
      for (let identity = 0; identity < identityCount; identity++) isTaken = stream.uniform() < far || isTaken;
      taken += Number(isTaken);
    }
    // 0.395, with a standard error of 0.008; FAR itself would be wrong by a factor of forty.
    expect(Math.abs(taken / probeCount - expectedFpir(far, identityCount))).toBeLessThan(0.03);
  });

  it("is undone by farForFpir", () => {
    for (const fpir of [1e-9, 0.003, 0.4]) expect(expectedFpir(farForFpir(fpir, 1000), 1000)).toBeCloseTo(fpir, 12);
    expect(farForFpir(1, 5)).toBe(1);
  });

  it("refuses arguments out of range", () => {
    expect(() => expectedFpir(1.1, 5)).toThrow(OptionError);
    expect(() => expectedFpir(0.1, 2.5)).toThrow(OptionError);
    expect(() => farForFpir(0.1, 0)).toThrow("got 0, expected a whole number of at least 1");
  });
});
