import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { syntheticPairs } from "./pairs.ts";

const SET = { identityCount: 45, imagesPerIdentity: 6 };

describe("syntheticPairs", () => {
  it("has as many genuine as impostor pairs in every fold, all different, with nobody in two folds", () => {
    const pairs = syntheticPairs({ ...SET, folds: 5, pairsPerFold: 40 });
    expect(pairs).toHaveLength(200);
    const person = (sample: number): number => Math.floor(sample / SET.imagesPerIdentity);
    const foldOf = new Map<number, number>();
    for (const { left, right, same, fold } of pairs) {
      expect(left).toBeLessThan(right);
      expect(right).toBeLessThan(270);
      expect(person(left) === person(right)).toBe(same);
      for (const who of [person(left), person(right)]) expect(foldOf.get(who) ?? fold).toBe(fold);
      foldOf.set(person(left), fold).set(person(right), fold);
    }
    expect(new Set(pairs.map(({ left, right }) => `${left} ${right}`)).size).toBe(200);
    for (let fold = 0; fold < 5; fold++) {
      expect(pairs.filter((pair) => pair.fold === fold && pair.same)).toHaveLength(20);
      expect(pairs.filter((pair) => pair.fold === fold && !pair.same)).toHaveLength(20);
    }
  });

  it("is the same for the same seed", () => {
    const options = { ...SET, folds: 3, pairsPerFold: 10 };
    expect(syntheticPairs({ ...options, seed: 1 })).toEqual(syntheticPairs({ ...options, seed: 1 }));
    expect(syntheticPairs({ ...options, seed: 1 })).not.toEqual(syntheticPairs({ ...options, seed: 2 }));
  });

  it("says when there are not enough pairs or people", () => {
    // Two people with 2 images: 2 genuine pairs.
    expect(() => syntheticPairs({ identityCount: 2, imagesPerIdentity: 2, folds: 1, pairsPerFold: 6 })).toThrow(
      "got 6 for 2 people with 2 images each, expected at most 2",
    );
    expect(() => syntheticPairs({ ...SET, pairsPerFold: 7 })).toThrow(OptionError);
    expect(() => syntheticPairs({ identityCount: 3, imagesPerIdentity: 9, folds: 2 })).toThrow(OptionError);
  });
});
