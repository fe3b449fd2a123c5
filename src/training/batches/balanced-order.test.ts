import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { balancedOrder, requireGroupSize } from "./balanced-order.ts";

/** Identity j has j + 1 samples, which do not stand together. */
const labels = Uint32Array.of(4, 3, 2, 1, 0, 4, 3, 2, 1, 4, 3, 2, 4, 3, 4);

describe("balancedOrder", () => {
  it("gives every identity one group a round, without repetition while it has samples", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 5 }), (seed, groupSize) => {
        const order = balancedOrder(labels, 5, groupSize, seed);
        for (let round = 0; round < 3; round++) {
          const met: number[] = [];
          for (let group = 0; group < 5; group++) {
            const first = (round * 5 + group) * groupSize;
            const samples = Array.from({ length: groupSize }, (_, i) => order(first + i));
            const identity = labels[samples[0]!]!;
            expect(samples.every((sample) => labels[sample] === identity)).toBe(true);
            expect(new Set(samples).size).toBe(Math.min(groupSize, identity + 1));
            met.push(identity);
          }
          expect(met.sort()).toEqual([0, 1, 2, 3, 4]);
        }
      }),
    );
  });

  it("depends only on the slot and the seed", () => {
    const slots = Array.from({ length: 60 }, (_, slot) => slot);
    const forward = slots.map(balancedOrder(labels, 5, 4, 7));
    const backward = slots
      .toReversed()
      .map(balancedOrder(labels, 5, 4, 7))
      .toReversed();
    expect(backward).toEqual(forward);
    expect(slots.map(balancedOrder(labels, 5, 4, 8))).not.toEqual(forward);
  });

  it("meets every sample in the long run", () => {
    const order = balancedOrder(labels, 5, 2, 1);
    expect(new Set(Array.from({ length: 400 }, (_, slot) => order(slot))).size).toBe(labels.length);
  });

  it("passes over an identity without samples", () => {
    const order = balancedOrder(Uint32Array.of(0, 0, 2, 2), 3, 2, 1);
    expect(new Set(Array.from({ length: 8 }, (_, slot) => order(slot)))).toEqual(new Set([0, 1, 2, 3]));
  });
});

describe("requireGroupSize", () => {
  it("divides the batch", () => {
    expect(requireGroupSize(128, 32)).toBe(4);
  });

  it.each([5, 128, 100, 0])("refuses %i identities in a batch of 128", (count) => {
    expect(() => requireGroupSize(128, count)).toThrow(OptionError);
  });
});
