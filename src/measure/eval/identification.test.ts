import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError, random } from "../../base/core/index.ts";
import { cmcCurve, openSetIdentification } from "./identification.ts";
import { type LabeledEmbeddings, type SearchOutcomes, searchGallery } from "./search-gallery.ts";

/** Unit vectors in the plane, as [identity, angle in degrees]. */
function faces(...given: [identity: number, degrees: number][]): LabeledEmbeddings {
  const data = given.flatMap(([, d]) => [Math.cos((d * Math.PI) / 180), Math.sin((d * Math.PI) / 180)]);
  const identities = given.map(([identity]) => identity);
  return { embeddings: { count: given.length, size: 2, data: Float32Array.from(data) }, identities };
}

/** Outcomes given as [rank, mate's score] or, for a probe without a mate, [0, top score]. */
function outcomes(...given: [rank: number, score: number][]): SearchOutcomes {
  return {
    identityCount: 5,
    ranks: Uint32Array.from(given, ([rank]) => rank),
    mateScores: Float32Array.from(given, ([rank, score]) => (rank > 0 ? score : Number.NaN)),
    topScores: Float32Array.from(given, ([rank, score]) => (rank > 1 ? 1 : score)),
  };
}

describe("searchGallery", () => {
  // Identity 7 has two embeddings, of which the better counts.
  const gallery = faces([7, 0], [3, 40], [7, 100], [5, 180]);

  it("ranks mates by the best embedding of each identity", () => {
    const found = searchGallery(faces([7, 90], [3, 10], [5, 60], [9, 170]), gallery);
    expect([...found.ranks]).toEqual([1, 2, 3, 0]);
    expect(found.identityCount).toBe(3);
    const expected = [10, 10, 20, 10].map((d) => Math.cos((d * Math.PI) / 180));
    found.topScores.forEach((score, i) => {
      expect(score).toBeCloseTo(expected[i]!, 6);
    });
    expect(found.mateScores[1]).toBeCloseTo(Math.cos(Math.PI / 6), 6);
    expect(found.mateScores[3]).toBeNaN();
  });

  it("counts ties against the mate, so that a collapsed network finds nobody", () => {
    const zeros = { count: 3, size: 2, data: new Float32Array(6) };
    const same = { embeddings: zeros, identities: [0, 1, 2] };
    expect([...searchGallery(same, same).ranks]).toEqual([3, 3, 3]);
  });

  it("finds what sorting all identities finds", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const stream = random(seed, "gallery");
        const draw = (count: number): LabeledEmbeddings => ({
          embeddings: { count, size: 3, data: Float32Array.from({ length: 3 * count }, () => stream.normal()) },
          identities: Array.from({ length: count }, () => stream.integer(6)),
        });
        const [probes, known] = [draw(8), draw(10)];
        const { ranks } = searchGallery(probes, known);
        const row = ({ embeddings }: LabeledEmbeddings, i: number) => [...embeddings.data.subarray(3 * i, 3 * i + 3)];
        ranks.forEach((rank, probe) => {
          const a = row(probes, probe);
          const scored = Array.from(known.identities, (identity, i) => {
            const b = row(known, i);
            return { identity, score: a.reduce((sum, x, k) => sum + x * b[k]!, 0) / Math.hypot(...b) };
          });
          const order = [...new Set(scored.sort((x, y) => y.score - x.score).map(({ identity }) => identity))];
          expect(rank).toBe(order.indexOf(probes.identities[probe]!) + 1);
        });
      }),
      { numRuns: 30 },
    );
  });

  it("refuses what cannot be compared", () => {
    const probe = faces([7, 0]);
    const empty = { embeddings: { count: 0, size: 2, data: new Float32Array(0) }, identities: [] };
    const wide = { embeddings: { count: 1, size: 3, data: new Float32Array(3) }, identities: [1] };
    const broken = { embeddings: { count: 1, size: 2, data: Float32Array.of(1, Number.NaN) }, identities: [1] };
    expect(() => searchGallery(probe, empty)).toThrow("gallery: got no rows");
    expect(() => searchGallery(probe, wide)).toThrow("got 2-d probes, expected the gallery's 3-d");
    expect(() => searchGallery(probe, broken)).toThrow("gallery: row 0 contains NaN or an infinite number");
    expect(() => searchGallery({ ...probe, identities: [] }, gallery)).toThrow("got 0 identities for 1 probes");
  });
});

describe("cmcCurve", () => {
  it("gives the share of mates found up to each rank", () => {
    expect([...cmcCurve(outcomes([1, 0.5], [3, 0.5], [1, 0.5], [5, 0.5]))]).toEqual([0.5, 0.5, 0.75, 0.75, 1]);
    expect([...cmcCurve(outcomes([1, 0.5], [3, 0.5]), 2)]).toEqual([0.5, 0.5]);
  });

  it("refuses an open set and no probes", () => {
    expect(() => cmcCurve(outcomes([1, 0.5], [0, 0.5]))).toThrow("probe 1 has no mate in the gallery");
    expect(() => cmcCurve(outcomes())).toThrow(OptionError);
    expect(() => cmcCurve(outcomes([1, 0.5]), 0)).toThrow(OptionError);
  });
});

describe("openSetIdentification", () => {
  const search = outcomes([1, 0.9], [1, 0.4], [2, 0.8], [1, 0.7], [0, 0.75], [0, 0.5], [0, 0.3], [0, 0.1]);

  it("misses a mate that is not first, or below the threshold: IJB's TPIR@FPIR", () => {
    // One of four non-mates may have a false match: 0.75. The next, 0.5, may not. 0.4 is too low and 0.8 is second.
    const point = openSetIdentification(search, 0.25);
    expect(point).toMatchObject({ fnir: 0.5, tpir: 0.5, missCount: 2, matedCount: 4, topRank: 1 });
    expect(point).toMatchObject({ falsePositiveCount: 1, nonMatedCount: 4 });
    expect(point.threshold).toBeCloseTo(0.5, 6);
    expect(point.threshold).toBeGreaterThan(0.5);
    expect(point.warning).toContain("expected at least 40");
    expect(point.fnirInterval.low).toBeLessThan(0.5);
  });

  it("looks down to `topRank`", () => {
    expect(openSetIdentification(search, 0.25, { topRank: 2 }).fnir).toBe(0.25);
    expect(openSetIdentification(search, 0.25, { topRank: Number.POSITIVE_INFINITY }).fnir).toBe(0.25);
  });

  it("has no threshold at a FPIR of 1", () => {
    expect(openSetIdentification(search, 1)).toMatchObject({ threshold: -1, fnir: 0.25, falsePositiveCount: 4 });
  });

  it("misses less, the more false positives and the more candidates it may return", () => {
    const probe = fc.tuple(
      fc.nat({ max: 5 }),
      fc.integer({ min: -8, max: 8 }).map((eighths) => eighths / 8),
    );
    fc.assert(
      fc.property(fc.array(probe, { maxLength: 30 }), (given) => {
        const found = outcomes([0, 0.1], [0, 0.2], [0, 0.3], [0, 0.4], [1, 0.3], ...given);
        const count = found.ranks.filter((rank) => rank === 0).length;
        let before = 1;
        for (let allowed = 1; allowed <= count; allowed++) {
          const { fnir, falsePositiveCount } = openSetIdentification(found, allowed / count);
          expect(falsePositiveCount).toBeLessThanOrEqual(allowed);
          expect(fnir).toBeLessThanOrEqual(before);
          expect(openSetIdentification(found, allowed / count, { topRank: 3 }).fnir).toBeLessThanOrEqual(fnir);
          before = fnir;
        }
      }),
    );
  });

  it("refuses a rate that the non-mates cannot show, and sets without mates or non-mates", () => {
    expect(() => openSetIdentification(search, 0.1)).toThrow(
      "insufficient data: 4 probes without a mate cannot show a rate of 0.1, expected at least 10",
    );
    expect(() => openSetIdentification(outcomes([1, 0.5]), 1)).toThrow("got 1 probes with a mate and 0 without");
    expect(() => openSetIdentification(outcomes([0, 0.5]), 1)).toThrow(OptionError);
    expect(() => openSetIdentification(search, 1.5)).toThrow(OptionError);
    expect(() => openSetIdentification(search, 1, { topRank: 0 })).toThrow(OptionError);
  });
});
