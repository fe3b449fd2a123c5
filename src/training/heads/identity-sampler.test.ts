import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { IdentitySampler } from "./identity-sampler.ts";

/** Identities, the size of a sample, and labels of a batch of at most that size. */
const draws = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat()).chain(([identityCount, size, seed]) => {
  const sampleSize = 1 + (size % identityCount);
  const labels = fc.array(fc.nat(identityCount - 1), { minLength: 1, maxLength: sampleSize });
  return fc.record({
    identityCount: fc.constant(identityCount),
    sampleSize: fc.constant(sampleSize),
    seed: fc.constant(seed),
    labels,
  });
});

describe("IdentitySampler", () => {
  it("draws as many as asked for, each once, in order, and all of the batch", () => {
    fc.assert(
      fc.property(draws, ({ identityCount, sampleSize, seed, labels }) => {
        const sampler = new IdentitySampler(identityCount, sampleSize, seed);
        for (const step of [1, 2, 3]) {
          const sample = [...sampler.draw(Int32Array.from(labels), step)];
          expect(sample).toEqual([...new Set(sample)].sort((a, b) => a - b));
          expect(sample).toHaveLength(sampleSize);
          expect(sample.at(-1)).toBeLessThan(identityCount);
          expect(sample).toEqual(expect.arrayContaining(labels));
        }
      }),
    );
  });

  it("is a function of seed and step, whatever was drawn before", () => {
    fc.assert(
      fc.property(draws, ({ identityCount, sampleSize, seed, labels }) => {
        const batch = Int32Array.from(labels);
        const early = new IdentitySampler(identityCount, sampleSize, seed);
        early.draw(batch, 1);
        const late = new IdentitySampler(identityCount, sampleSize, seed);
        expect(early.draw(batch, 2)).toEqual(late.draw(batch, 2));
      }),
    );
    const sampler = new IdentitySampler(1000, 100, 1);
    const first = sampler.draw(Int32Array.of(0), 1).slice();
    expect(sampler.draw(Int32Array.of(0), 2)).not.toEqual(first);
    expect(new IdentitySampler(1000, 100, 2).draw(Int32Array.of(0), 1)).not.toEqual(first);
  });

  it.each([5, 30])("gives every other identity the same chance: %i of 40", (sampleSize) => {
    const sampler = new IdentitySampler(40, sampleSize, 7);
    const counts = new Float64Array(40);
    const drawCount = 4000;
    for (let step = 1; step <= drawCount; step++) {
      for (const identity of sampler.draw(Int32Array.of(3, 3), step)) counts[identity]!++;
    }
    expect(counts[3]).toBe(drawCount);
    const chance = (sampleSize - 1) / 39;
    const deviation = Math.sqrt(drawCount * chance * (1 - chance));
    for (const [identity, count] of counts.entries()) {
      if (identity !== 3) expect(Math.abs(count - drawCount * chance)).toBeLessThan(4.5 * deviation);
    }
  });

  it("refuses a label outside of the identities", () => {
    const sampler = new IdentitySampler(10, 4, 0);
    for (const label of [-1, 10]) expect(() => sampler.draw(Int32Array.of(label), 1)).toThrow(OptionError);
  });
});
