import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusteringAgreement } from "./clustering.ts";

/** The definitions word for word: over all pairs of images, and image by image. */
function slowAgreement(clusters: readonly number[], people: readonly number[]) {
  const images = clusters.map((_, i) => i);
  const together = (i: number, j: number) => i === j || (clusters[i]! >= 0 && clusters[i] === clusters[j]);
  const same = (i: number, j: number) => people[i] === people[j];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const share = (of: readonly number[], isCounted: (i: number) => boolean) => of.filter(isCounted).length / of.length;
  const pairs = images.flatMap((i) => images.slice(i + 1).map((j) => [i, j] as const));
  const rate = (those: typeof pairs, holds: (i: number, j: number) => boolean) =>
    those.length === 0 ? 1 : those.filter(([i, j]) => holds(i, j)).length / those.length;
  const assigned = images.filter((i) => clusters[i]! >= 0);
  const most = (i: number) =>
    Math.max(
      ...assigned.filter((j) => together(i, j)).map((j) => assigned.filter((k) => together(i, k) && same(j, k)).length),
    );
  const sizeOf = (i: number) => images.filter((j) => together(i, j)).length;
  return {
    purity: assigned.length === 0 ? 1 : mean(assigned.map((i) => most(i) / sizeOf(i))),
    pairPrecision: rate(
      pairs.filter(([i, j]) => together(i, j)),
      same,
    ),
    pairRecall: rate(
      pairs.filter(([i, j]) => same(i, j)),
      together,
    ),
    bcubedPrecision: mean(
      images.map((i) =>
        share(
          images.filter((j) => together(i, j)),
          (j) => same(i, j),
        ),
      ),
    ),
    bcubedRecall: mean(
      images.map((i) =>
        share(
          images.filter((j) => same(i, j)),
          (j) => together(i, j),
        ),
      ),
    ),
  };
}

describe("clusteringAgreement", () => {
  it("is what the definitions say", () => {
    const image = fc.record({ cluster: fc.integer({ min: -1, max: 4 }), person: fc.integer({ min: 0, max: 4 }) });
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 25 }), (images) => {
        const clusters = images.map(({ cluster }) => cluster);
        const people = images.map(({ person }) => person);
        const found = clusteringAgreement(clusters, people);
        for (const [name, value] of Object.entries(slowAgreement(clusters, people))) {
          expect(found[name as keyof typeof found], name).toBeCloseTo(value, 10);
        }
        for (const kind of ["pair", "bcubed"] as const) {
          const [precision, recall] = [found[`${kind}Precision`], found[`${kind}Recall`]];
          const f = precision + recall === 0 ? 0 : 2 / (1 / precision + 1 / recall);
          expect(found[`${kind}F`]).toBeCloseTo(f, 10);
        }
      }),
    );
  });

  it("agrees with a case worked by hand", () => {
    // Cluster 0: a a b; cluster 1: b; in none: b, c.
    const found = clusteringAgreement([0, 0, 0, 1, -1, -1], [0, 0, 1, 1, 1, 2]);
    expect(found).toMatchObject({ imageCount: 6, personCount: 3, clusterCount: 1, unassignedCount: 2, purity: 3 / 4 });
    expect(found.pairPrecision).toBeCloseTo(1 / 3);
    expect(found.pairRecall).toBeCloseTo(1 / 4);
    expect(found.bcubedPrecision).toBeCloseTo((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6);
    expect(found.bcubedRecall).toBeCloseTo((1 + 1 + 1 / 3 + 1 / 3 + 1 / 3 + 1) / 6);
  });

  it("is 1 for the true partition, whatever its numbers", () => {
    const found = clusteringAgreement([5, 5, 9, -1], [1, 1, 2, 3]);
    expect(found).toMatchObject({ purity: 1, pairF: 1, bcubedF: 1 });
  });

  it("does not count what is left out as right: nothing clustered finds no pair", () => {
    expect(clusteringAgreement([-1, -1], [3, 3])).toMatchObject({
      purity: 1,
      pairPrecision: 1,
      pairRecall: 0,
      pairF: 0,
    });
  });

  it("refuses counts that differ", () => {
    expect(() => clusteringAgreement([0], [0, 1])).toThrow("got 1 clusters and 2 people");
    expect(() => clusteringAgreement([], [])).toThrow("got 0 clusters");
  });
});
