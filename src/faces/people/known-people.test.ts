import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { cosineSimilarity, expectedFpir, poolTemplates, searchGallery } from "../../measure/eval/index.ts";
import { KnownPeople, type KnownPerson } from "./known-people.ts";
import { samplePeople } from "./sample-people.ts";

/** Vectors of the plane at whole degrees. */
function degrees(...angles: readonly number[]) {
  const data = Float32Array.from(angles.flatMap((a) => [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)]));
  return { count: angles.length, size: 2, data };
}

const probe = (angle: number) => degrees(angle).data;
const cosine = (angle: number) => Math.cos((angle * Math.PI) / 180);

describe("KnownPeople", () => {
  const people = new KnownPeople(
    [
      { name: "a", templates: degrees(0, 40) },
      { name: "b", templates: degrees(120) },
    ],
    2,
  );

  it("scores a person by the nearest template, the mean among them", () => {
    expect(people).toMatchObject({ personCount: 2, templateCount: 4 });
    const { name, matches } = people.identify(probe(21), { threshold: 0.5 });
    expect(name).toBe("a");
    expect(matches).toEqual([{ name: "a", template: "mean", score: expect.closeTo(cosine(1), 6) }]);
    expect(people.identify(probe(45), { threshold: 0.5 }).matches[0]).toEqual({
      name: "a",
      template: 1,
      score: expect.closeTo(cosine(5), 6),
    });
  });

  it("answers unknown below the threshold, with the score that was nearest", () => {
    expect(people.identify(probe(200), { threshold: 0.5 })).toEqual({
      name: null,
      matches: [],
      nearestScore: expect.closeTo(cosine(80), 6),
    });
  });

  it("gives the best first, at most as many as asked for, and takes a score at the threshold", () => {
    const both = people.identify(probe(80), { threshold: 0 });
    expect(both.matches.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(people.identify(probe(80), { threshold: 0, limit: 1 }).matches).toHaveLength(1);
    const { score } = both.matches[1]!;
    expect(people.identify(probe(80), { threshold: score }).matches).toHaveLength(2);
    expect(people.identify(probe(80), { threshold: score + 1e-9 }).matches).toHaveLength(1);
  });

  it("does not take for someone a probe that is at least as near to a negative", () => {
    const watched = new KnownPeople(
      [
        { name: "a", templates: degrees(0), negatives: degrees(30, 200) },
        { name: "b", templates: degrees(90) },
      ],
      2,
    );
    // 14°: 14 from a, 16 from the negative. 16°: the other way round, and b is 74 away.
    expect(watched.identify(probe(14), { threshold: 0.9 }).name).toBe("a");
    expect(watched.identify(probe(16), { threshold: 0.9 }).name).toBeNull();
    expect(watched.identify(probe(16), { threshold: 0.2 }).name).toBe("b");
    // The negative is a's alone: b may still be near it.
    expect(watched.identify(probe(75), { threshold: 0.9 }).name).toBe("b");
    expect(watched.identify(probe(30), { threshold: 0.5 }).nearestScore).toBeCloseTo(cosine(30), 6);
  });

  it("agrees with searchGallery over all templates and means", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
        const { embeddings, identities } = samplePeople(seed, [3, 1, 2, 5], { size: 6, spread: 1 });
        const rowsOf = (person: number) =>
          [...embeddings.data.keys()].filter((i) => identities[Math.floor(i / 6)] === person);
        const known = [0, 1, 2, 3].map((person): KnownPerson => {
          const data = Float32Array.from(rowsOf(person), (i) => embeddings.data[i]!);
          return { name: `person ${person}`, templates: { count: data.length / 6, size: 6, data } };
        });
        const probes = samplePeople(seed + 1, [4], { size: 6 }).embeddings;
        const unit = known.map(({ templates }) => {
          const scaled = Float32Array.from(templates.data, (x, i) => {
            const row = templates.data.subarray(6 * Math.floor(i / 6), 6 * Math.floor(i / 6) + 6);
            return x / Math.hypot(...row);
          });
          return { ...templates, data: scaled };
        });
        const means = unit.map((templates) => poolTemplates(templates, new Uint8Array(templates.count)).data);
        const all = Float32Array.from([
          ...unit.flatMap(({ data }) => [...data]),
          ...means.flatMap((mean) => [...mean]),
        ]);
        const outcomes = searchGallery(
          { embeddings: probes, identities: [9, 9, 9, 9] },
          {
            embeddings: { count: all.length / 6, size: 6, data: all },
            identities: [...Array.from(identities), 0, 1, 2, 3],
          },
        );
        const index = new KnownPeople(known, 6);
        for (let row = 0; row < 4; row++) {
          const { matches } = index.identify(probes.data.subarray(6 * row, 6 * row + 6), { threshold: -1 });
          expect(matches[0]!.score).toBeCloseTo(outcomes.topScores[row]!, 5);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("measures its own FPIR, near 1 − (1 − FAR)^N where comparisons are independent", () => {
    // Single templates in random directions of many dimensions: comparisons are nearly independent.
    const size = 64;
    const { embeddings } = samplePeople(4, new Array(300).fill(1), { size });
    const rows = Array.from({ length: 300 }, (_, i) => embeddings.data.subarray(i * size, (i + 1) * size));
    const known = new KnownPeople(
      rows.map((data, i) => ({ name: String(i), templates: { count: 1, size, data } })),
      size,
    );
    const threshold = 0.35;
    const cosines = rows.flatMap((a, i) => rows.slice(i + 1).map((b) => cosineSimilarity(a, b)));
    const far = cosines.filter((cosine) => cosine >= threshold).length / cosines.length;
    const { falsePositiveCount, searchCount } = known.searchNonMates(threshold);
    expect(searchCount).toBe(300);
    const expected = expectedFpir(far, 299);
    expect(expected).toBeGreaterThan(0.2);
    // Standard error of 300 searches of which each pair is in two: 0.04.
    expect(Math.abs(falsePositiveCount / searchCount - expected)).toBeLessThan(0.12);
    expect(known.searchNonMates(1.1).falsePositiveCount).toBe(0);
  });

  it("says what does not fit, without names", () => {
    const twice = [0, 1].map(() => ({ name: "ann", templates: degrees(1) }));
    expect(() => new KnownPeople(twice, 2)).toThrow("people: person 1 has the name of another");
    expect(() => new KnownPeople([{ name: "ann", templates: degrees() }], 2)).toThrow("person 0 has no photograph");
    expect(() => new KnownPeople([{ name: "ann", templates: degrees(1) }], 3)).toThrow(
      "got embeddings of 2 numbers, expected 3",
    );
    expect(() => people.identify(Float32Array.of(1, 2, 3), { threshold: 0 })).toThrow(OptionError);
    expect(() => people.identify(probe(1), { threshold: 0, limit: 0 })).toThrow("limit: got 0");
    expect(new KnownPeople([], 2).identify(probe(1), { threshold: 0 })).toEqual({
      name: null,
      matches: [],
      nearestScore: -1,
    });
  });
});
