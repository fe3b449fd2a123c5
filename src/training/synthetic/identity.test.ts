import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { identityDistance, identityParameters, identityRanges, syntheticIdentity } from "./identity.ts";

describe("syntheticIdentity", () => {
  it("keeps every parameter in its range, for any seed and index", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(), (seed, index) => {
        const identity = syntheticIdentity(seed, index);
        for (const name of identityParameters) {
          const [low, high] = identityRanges[name];
          expect(identity[name], name).toBeGreaterThanOrEqual(low);
          expect(identity[name], name).toBeLessThanOrEqual(high);
        }
      }),
    );
  });

  it.each([
    [undefined, 0, "seed: got undefined, expected a number"],
    ["7", 0, "seed: got '7', expected a number"],
    [7, undefined, "index: got undefined, expected a whole number"],
    [7, -1, "index: got -1, expected a whole number"],
  ])("refuses seed %j and index %j", (seed, index, message) => {
    expect(() => syntheticIdentity(seed as never, index as never)).toThrow(OptionError);
    expect(() => syntheticIdentity(seed as never, index as never)).toThrow(message);
  });

  it("is the same person again for the same seed and index, also after JSON", () => {
    const identity = syntheticIdentity(3, 14);
    expect(syntheticIdentity(3, 14)).toEqual(identity);
    expect(JSON.parse(JSON.stringify(identity))).toEqual(identity);
    expect(identityDistance(identity, syntheticIdentity(3, 14))).toBe(0);
  });

  it("is another person for another index or another seed", () => {
    const people = Array.from({ length: 200 }, (_, index) => syntheticIdentity(1, index));
    for (const [i, a] of people.entries()) {
      expect(identityDistance(a, syntheticIdentity(2, i))).toBeGreaterThan(0.12);
      for (const b of people.slice(0, i)) {
        expect(identityDistance(a, b)).toBeGreaterThan(0.12);
        expect(identityDistance(b, a)).toBe(identityDistance(a, b));
      }
    }
  });

  it("uses much of every range, so that every parameter distinguishes people", () => {
    const people = Array.from({ length: 400 }, (_, index) => syntheticIdentity(1, index));
    for (const name of identityParameters) {
      const values = people.map((identity) => identity[name]);
      const [low, high] = identityRanges[name];
      expect(Math.max(...values) - Math.min(...values), name).toBeGreaterThan(0.7 * (high - low));
    }
  });
});

describe("identityDistance", () => {
  it("is the root mean square of differences as shares of the range", () => {
    const a = syntheticIdentity(1, 1);
    const [low, high] = identityRanges.noseLength;
    const b = { ...a, noseLength: a.noseLength + 0.5 * (high - low) };
    expect(identityDistance(a, b)).toBeCloseTo(0.5 / Math.sqrt(identityParameters.length));
  });
});
