import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { identifyTemplates } from "./template-identification.ts";
import { verifyTemplates } from "./template-verification.ts";
import { type TemplateSet, templatesFromImages } from "./templates.ts";

const embeddings = (rows: readonly (readonly number[])[]) => ({
  count: rows.length,
  size: rows[0]?.length ?? 0,
  data: Float32Array.from(rows.flat()),
});

/** Templates of one image each at whole degrees of the plane, with the numbers 0, 1, …. */
function atDegrees(degrees: readonly number[]): TemplateSet {
  const rows = degrees.map((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]);
  const numbers = degrees.map((_, i) => i);
  return templatesFromImages({ embeddings: embeddings(rows), templates: numbers, media: numbers });
}

describe("templatesFromImages", () => {
  const images = {
    embeddings: embeddings([
      [0, 2],
      [3, 0],
      [0, 6],
      [0, -5],
    ]),
    templates: [9, 9, 9, 4],
    media: [1, 2, 1, 1],
  };

  it("averages each medium, adds the media, and keeps the length of embeddings", () => {
    // Medium 1 of template 9 has the mean (0, 4); with the still (3, 0) the sum is (3, 4).
    const { count, size, data, rowOf } = templatesFromImages(images);
    expect({ count, size }).toEqual({ count: 2, size: 2 });
    expect([...rowOf]).toEqual([
      [9, 0],
      [4, 1],
    ]);
    expect([...data]).toEqual([0.6, 0.8, 0, -1]);
  });

  it("weights images by the detector's score, and takes all alike without their length", () => {
    const weighted = templatesFromImages(images, { detectorScores: [0, 1, 0.5, 1] });
    const length = Math.hypot(3, 1.5);
    expect(weighted.data[0]).toBeCloseTo(3 / length, 15);
    expect(weighted.data[1]).toBeCloseTo(1.5 / length, 15);
    const unit = templatesFromImages(images, { keepNorm: false });
    expect(unit.data[0]).toBeCloseTo(Math.SQRT1_2, 15);
    expect(unit.data[1]).toBeCloseTo(Math.SQRT1_2, 15);
  });

  it("refuses counts that differ and numbers that are not finite", () => {
    expect(() => templatesFromImages({ ...images, media: [1] })).toThrow("got 1 media, expected one for each of 4");
    expect(() => templatesFromImages(images, { detectorScores: [1] })).toThrow("got 1 detector scores");
    expect(() => templatesFromImages(images, { detectorScores: [1, Number.NaN, 1, 1] })).toThrow(OptionError);
  });
});

describe("verifyTemplates", () => {
  it("names three TARs, with the interval by people", () => {
    const templates = atDegrees([0, 10, 20, 90, 130, 200]);
    const pairs = { left: [0, 1, 3, 0, 1, 2], right: [1, 2, 4, 3, 4, 5], same: [1, 1, 1, 0, 0, 0] };
    const { points, ...counts } = verifyTemplates(templates, pairs, [1e-3, 0.34, 1]);
    expect(counts).toMatchObject({ templateCount: 6, genuineCount: 3, impostorCount: 3 });
    expect(points[0]?.strict.tar).toBeNull();
    expect(points[0]?.byPeople).toBeNull();
    expect(points[0]?.nearest).toMatchObject({ far: 0, tar: 1 });
    // Templates 0, 1 and 2 are connected: with 3 and 4 they are two people.
    expect(points[1]?.byPeople).toMatchObject({ personCount: 2, effectiveGenuineCount: 3 });
    expect(points[1]?.strict).toMatchObject({ tar: 1, falseAcceptCount: 1 });
  });

  it("widens the interval where one person's pairs fail together", () => {
    // Ten pairs of one person are accepted, ten of another are not: as good as two independent pairs.
    const templates = atDegrees([0, 0, 50, 140, 180]);
    const same = [...Array(20).fill(1), 0, 0, 0];
    const left = [...Array(10).fill(0), ...Array(10).fill(2), 0, 1, 0];
    const right = [...Array(10).fill(1), ...Array(10).fill(3), 2, 2, 4];
    const [point] = verifyTemplates(templates, { left, right, same }, [0.4]).points;
    expect(point?.strict.tar).toBe(0.5);
    expect(point?.byPeople).toMatchObject({ personCount: 2, effectiveGenuineCount: 2 });
    expect(point?.byPeople?.interval.low).toBeLessThan(0.02);
  });

  it("refuses templates without images and lists of one kind", () => {
    const templates = atDegrees([0, 10]);
    expect(() => verifyTemplates(templates, { left: [0], right: [7], same: [1] })).toThrow("template 7 has no image");
    expect(() => verifyTemplates(templates, { left: [0], right: [1], same: [1] })).toThrow("1 genuine and 0 impostor");
    expect(() => verifyTemplates(templates, { left: [0], right: [], same: [1] })).toThrow("expected two for each");
  });
});

describe("identifyTemplates", () => {
  // Enrolled at 0° and 60° (first gallery) and at 90° (second); probes of each at 10°, 70° and 100°.
  const templates = atDegrees([0, 60, 90, 10, 70, 100]);
  const galleries = [
    { templates: [0, 1], subjects: [1, 2] },
    { templates: [2], subjects: [3] },
  ];
  const probes = { templates: [3, 4, 5], subjects: [1, 2, 3] };

  it("searches all galleries joined, and each alone, worked by hand", () => {
    const { joined, alone, mean } = identifyTemplates(templates, probes, galleries, { ranks: [1], fpirs: [0.4] });
    expect(joined).toMatchObject({ galleryCount: 3, searchCount: 3, matedCount: 3 });
    expect(joined.ranks).toEqual([{ rank: 1, strict: 1, lenient: 1 }]);
    // Others at 50°, 80° | 70°, 20° | 100°, 40°: the second largest of all scores is cos 40°.
    expect(joined.byPairs[0]?.threshold).toBeCloseTo(Math.cos((40 * Math.PI) / 180), 6);
    expect(joined.byPairs[0]?.tpir).toBe(1);
    // The largest of each search: 50°, 20° and 40°; of those the second is cos 40° too.
    expect(joined.bySearches[0]?.threshold).toBeCloseTo(Math.cos((40 * Math.PI) / 180), 6);
    // In the first gallery alone, the probe at 100° has no mate; its nearest is at 40°.
    expect(alone[0]).toMatchObject({ galleryCount: 2, searchCount: 3, matedCount: 2 });
    expect(alone[0]?.bySearches[0]?.threshold).toBeCloseTo(Math.cos((40 * Math.PI) / 180), 6);
    // In the second alone, the two others are at 80° and 20°: one accepted in 2 · 0.4, so that the largest counts.
    expect(alone[1]?.bySearches[0]?.threshold).toBeCloseTo(Math.cos((20 * Math.PI) / 180), 6);
    expect(alone[1]?.bySearches[0]?.tpir).toBe(1);
    expect(mean.ranks).toEqual([{ rank: 1, strict: 1, lenient: 1 }]);
  });

  it("counts a tie against the mate by the strict rule alone", () => {
    const tied = atDegrees([0, 20, 10]);
    const gallery = [{ templates: [0, 1], subjects: [1, 2] }];
    const { joined } = identifyTemplates(tied, { templates: [2], subjects: [1] }, gallery, { ranks: [1, 2] });
    expect(joined.ranks).toEqual([
      { rank: 1, strict: 0, lenient: 1 },
      { rank: 2, strict: 1, lenient: 1 },
    ]);
    expect(joined.byPairs[0]).toMatchObject({ tpir: 0, rankOneTpir: 0 });
  });

  it("refuses a person who is enrolled twice, and probes of nobody", () => {
    const twice = [galleries[0]!, { templates: [2], subjects: [1] }];
    expect(() => identifyTemplates(templates, probes, twice)).toThrow("subject 1 is enrolled twice");
    const nobody = { templates: [3], subjects: [8] };
    expect(() => identifyTemplates(templates, nobody, galleries)).toThrow("no probe shows a person of the gallery");
    expect(() => identifyTemplates(templates, probes, [])).toThrow(OptionError);
  });
});
