import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { crossPairs } from "./cross-pairs.ts";
import { drawnPeople } from "./sample-people.ts";
import type { LabeledEmbeddings } from "./search-gallery.ts";

/** Unit vectors of the plane at whole degrees, so that cosines are known. */
function atDegrees(degrees: readonly number[], identities: readonly number[]): LabeledEmbeddings {
  const data = Float32Array.from(
    degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
  );
  return { embeddings: { count: degrees.length, size: 2, data }, identities };
}

describe("crossPairs", () => {
  it("makes every pair once: two images of 7, two of 9 and one of 4", () => {
    const pairs = crossPairs(atDegrees([0, 60, 90, 120, 180], [7, 7, 9, 4, 9]));
    expect(pairs).toMatchObject({ identityCount: 3, impostorCount: 8 });
    expect([...pairs.imageCounts]).toEqual([2, 2, 1]);
    expect([...pairs.genuine.identities]).toEqual([0, 1]);
    expect(pairs.genuine.scores[0]).toBeCloseTo(0.5, 6);
    expect(pairs.genuine.scores[1]).toBeCloseTo(0, 6);
    expect([...pairs.impostor.left].map((left, i) => [left, pairs.impostor.right[i]])).toEqual([
      [0, 1],
      [0, 2],
      [0, 1],
      [0, 1],
      [0, 2],
      [0, 1],
      [1, 2],
      [2, 1],
    ]);
    const cosines = [90, 120, 180, 30, 60, 120, 30, 60].map((angle) => Math.cos((angle * Math.PI) / 180));
    for (const [i, cosine] of cosines.entries()) expect(pairs.impostor.scores[i]).toBeCloseTo(cosine, 6);
  });

  it("keeps the highest when not all are wanted, with whose they are", () => {
    // 300 images make 44,850 pairs, of which a few hundred are kept: the lowest are dropped on the way many times.
    const people = drawnPeople(3, 100, 3);
    const all = crossPairs(people);
    const highest = [...all.impostor.scores].map((score, i) => ({
      score,
      pair: [all.impostor.left[i], all.impostor.right[i]],
    }));
    highest.sort((p, q) => q.score - p.score);
    const wanted = Math.ceil(0.01 * all.impostorCount);
    const some = crossPairs(people, 0.01);
    const kept = [...some.impostor.scores].map((score, i) => ({
      score,
      pair: [some.impostor.left[i], some.impostor.right[i]],
    }));
    kept.sort((p, q) => q.score - p.score);
    expect(kept.length).toBeGreaterThanOrEqual(wanted);
    expect(kept.length).toBeLessThan(all.impostorCount / 5);
    expect(kept.slice(0, wanted)).toEqual(highest.slice(0, wanted));
    expect(some.impostorCount).toBe(all.impostorCount);
  });

  it("keeps enough of pairs that all tie, as those of a collapsed network do", () => {
    const count = 150;
    const embeddings = { count, size: 1, data: new Float32Array(count).fill(1) };
    const identities = Array.from({ length: count }, (_, i) => i >> 1);
    const { impostor, impostorCount } = crossPairs({ embeddings, identities }, 0.1);
    expect(impostor.scores.length).toBeGreaterThanOrEqual(0.1 * impostorCount);
    expect(impostor.scores.every((score) => score === 1)).toBe(true);
  });

  it("counts pairs as the images of each person make them", () => {
    const identities = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(identities, (labels) => {
        const embeddings = { count: labels.length, size: 1, data: new Float32Array(labels.length).fill(1) };
        const same = labels.flatMap((a, i) => labels.slice(i + 1).map((b) => a === b));
        const genuineCount = same.filter(Boolean).length;
        fc.pre(genuineCount > 0 && genuineCount < same.length);
        const pairs = crossPairs({ embeddings, identities: labels });
        expect(pairs.genuine.scores).toHaveLength(genuineCount);
        expect(pairs.impostorCount).toBe(same.length - genuineCount);
      }),
    );
  });

  it("says what it needs", () => {
    expect(() => crossPairs(atDegrees([0, 1], [1, 2]))).toThrow(
      "got 2 images of 2 people, expected at least two people",
    );
    expect(() => crossPairs(atDegrees([0, 1], [1, 1]))).toThrow(OptionError);
    expect(() => crossPairs(atDegrees([0, 1], [1]))).toThrow("got 1 identities for 2 images");
    expect(() => crossPairs(atDegrees([0, 1, Number.NaN], [1, 1, 2]))).toThrow(
      "row 2 contains NaN or an infinite number",
    );
  });
});
