import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { type CrossPairs, crossPairs } from "./cross-pairs.ts";
import { crossPairsByProduct } from "./cross-pairs-by-product.ts";
import { drawnPeople } from "./sample-people.ts";

/** The genuine scores with their people, and the highest impostor scores, in order. */
function sorted({ genuine, impostor }: CrossPairs, count: number) {
  const own = Array.from(genuine.scores, (score, i) => [genuine.identities[i] ?? -1, score] as const);
  own.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return { own, highest: [...impostor.scores.toSorted().reverse().slice(0, count)] };
}

describe("crossPairsByProduct", () => {
  it("finds the pairs that the exact scan finds, ties and zero vectors included", async () => {
    const row = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 });
    const images = fc.array(fc.tuple(row, fc.nat(4)), { minLength: 6, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(images, fc.double({ min: 0, max: 1, noNaN: true }), async (drawn, share) => {
        const identities = drawn.map(([, person], i) => (i < 2 ? 0 : i === 2 ? 1 : person));
        const data = Float32Array.from(drawn.flatMap(([values]) => values));
        const labeled = { embeddings: { count: drawn.length, size: 3, data }, identities };
        const exact = crossPairs(labeled, share);
        const found = await crossPairsByProduct(labeled, share, { threads: 1, blockRows: 8 });
        const wanted = Math.ceil(share * exact.impostorCount);
        expect(sorted(found, wanted)).toEqual(sorted(exact, wanted));
        const { impostorCount, imageCounts, identityCount } = exact;
        expect(found).toMatchObject({ impostorCount, imageCounts, identityCount });
      }),
      { numRuns: 30 },
    );
  });

  it("drops low pairs on the way, and says with whom the kept ones are", async () => {
    // 300 images make 44,850 pairs, of which a few hundred are kept.
    const people = drawnPeople(3, 100, 3);
    const done: number[] = [];
    const found = await crossPairsByProduct(people, 0.01, {
      threads: 1,
      blockRows: 64,
      onProgress: (share) => done.push(share),
    });
    const exact = crossPairs(people, 0.01);
    const wanted = Math.ceil(0.01 * exact.impostorCount);
    expect(sorted(found, wanted)).toEqual(sorted(exact, wanted));
    expect(found.impostor.left.every((left, i) => left !== found.impostor.right[i])).toBe(true);
    expect(done.toSorted((a, b) => a - b)).toEqual(done);
    expect(done.at(-1)).toBe(1);
  });

  it("refuses what the exact scan refuses", async () => {
    const embeddings = { count: 2, size: 1, data: Float32Array.of(1, 2) };
    await expect(crossPairsByProduct({ embeddings, identities: [1, 1] }, 0.1)).rejects.toThrow(OptionError);
    await expect(crossPairsByProduct({ embeddings, identities: [1, 2] }, 2)).rejects.toThrow(OptionError);
  });
});
