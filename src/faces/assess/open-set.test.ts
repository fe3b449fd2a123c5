import { describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import type { LabeledEmbeddings } from "../../measure/eval/index.ts";
import { type OpenSetOptions, searchOpenSet } from "./open-set.ts";

const options: OpenSetOptions = {
  fpirs: [0.1],
  repeats: 6,
  seed: 1,
  confidence: 0.95,
  threshold: undefined,
  onProgress: () => {},
};

/** Images of people around random directions; without spread they are equal. */
function draw(personCount: number, imageCount: number, spread: number, size = 8): LabeledEmbeddings {
  const stream = random(3, "open set");
  const count = personCount * imageCount;
  const data = new Float32Array(count * size);
  for (let person = 0; person < personCount; person++) {
    const center = Array.from({ length: size }, () => stream.normal());
    for (let image = 0; image < imageCount; image++) {
      data.set(
        center.map((mean) => mean + stream.normal(0, spread)),
        (person * imageCount + image) * size,
      );
    }
  }
  return {
    embeddings: { count, size, data },
    identities: Array.from({ length: count }, (_, row) => Math.floor(row / imageCount)),
  };
}

describe("searchOpenSet", () => {
  it("finds every enrolled person and rejects the unknown where images of a person are equal", () => {
    const sizes = searchOpenSet(draw(60, 2, 0), { ...options, gallerySize: 25, threshold: 0.999 });
    expect(sizes.map(({ gallerySize }) => gallerySize)).toEqual([10, 25, 30, 40]);
    for (const { rankOne, points, fixed } of sizes) {
      expect(rankOne.rate).toBe(1);
      expect(fixed).toMatchObject({ falsePositives: { rate: 0 }, falseNegatives: { rate: 0 } });
      for (const point of points) expect(point).toMatchObject({ fpir: 0.1, falseNegatives: { rate: 0 } });
    }
  });

  it("needs a higher threshold for the same FPIR in a larger gallery", () => {
    const sizes = searchOpenSet(draw(90, 3, 0.5), options);
    const thresholds = sizes.map(({ points: [point] }) => point?.threshold ?? Number.NaN);
    expect(thresholds).toHaveLength(3);
    expect(thresholds).toEqual(thresholds.toSorted((a, b) => a - b));
    for (const { points } of sizes) {
      for (const point of points) {
        if (point.reason !== undefined) throw new Error(point.reason);
        expect(point.falsePositives.rate).toBeLessThanOrEqual(0.1);
        expect(point.falsePositives.rate).toBeGreaterThan(0.08);
        expect(point.thresholdInterval.low).toBeLessThan(point.threshold);
      }
    }
  });

  it("says how many searches a rate would need, and gives no sizes for a handful of people", () => {
    const [first] = searchOpenSet(draw(30, 2, 0.5), { ...options, fpirs: [0.001] });
    expect(first?.points[0]).toEqual({
      fpir: 0.001,
      threshold: null,
      reason: expect.stringMatching(/ searches for \d+ unknown people, .* expected at least 3000$/),
    });
    expect(searchOpenSet(draw(8, 2, 0.5), options)).toEqual([]);
  });

  it("draws the same for the same seed, and others for another", () => {
    const drawn = draw(40, 2, 0.8);
    expect(searchOpenSet(drawn, options)).toEqual(searchOpenSet(drawn, options));
    expect(searchOpenSet(drawn, options)).not.toEqual(searchOpenSet(drawn, { ...options, seed: 2 }));
  });
});
