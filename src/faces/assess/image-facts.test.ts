import { describe, expect, it } from "vitest";
import { resizeImage } from "../../base/image/index.ts";
import { drawImage, drawPeople, SIDE } from "./drawn-folder.ts";
import {
  correlation,
  factsKey,
  factsLength,
  grayThumbnail,
  type ImageFacts,
  noFace,
  packFacts,
  unpackFacts,
} from "./image-facts.ts";
import { quantile } from "./latency.ts";

const [person, another] = drawPeople(4, 2);
const image = drawImage(person ?? [], 1);
const facts: ImageFacts = {
  faceCount: 2,
  embedding: Float32Array.of(0.6, -0.8, 0),
  landmarks: [
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
    [9, 10.5],
  ],
  thumbnail: grayThumbnail(image),
};

describe("facts of a photograph", () => {
  it("are read as they were packed, and not from rows of another size or with wrong numbers", () => {
    const row = packFacts(facts);
    expect(row.length).toBe(factsLength(3));
    expect(unpackFacts(row, 3)).toEqual(facts);
    expect(unpackFacts(row, 4)).toBeUndefined();
    expect(unpackFacts(row.with(5, Number.NaN), 3)).toBeUndefined();
    expect(unpackFacts(undefined, 3)).toBeUndefined();
    expect(unpackFacts(packFacts(noFace(3)), 3)?.faceCount).toBe(0);
  });

  it("have a key by photograph and detector", () => {
    const keys = [factsKey("a", "x"), factsKey("b", "x"), factsKey("a", "y")];
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it("find copies of any size and brightness, and not other images", async () => {
    const brighter = { ...image, data: image.data.map((level) => level + 4) };
    const larger = await resizeImage(image, 2 * SIDE, 2 * SIDE);
    for (const copy of [image, brighter, larger]) {
      expect(correlation(facts.thumbnail, grayThumbnail(copy))).toBeGreaterThan(0.99);
    }
    expect(correlation(facts.thumbnail, grayThumbnail(drawImage(another ?? [], 1)))).toBeLessThan(0.9);
    expect(correlation(facts.thumbnail, grayThumbnail({ ...image, data: image.data.map(() => 9) }))).toBe(0);
  });
});

describe("quantile", () => {
  it("is the smallest value that enough of the values do not exceed", () => {
    const values = Array.from({ length: 20 }, (_, i) => 20 - i);
    expect(quantile(values, 0.5)).toBe(10);
    expect(quantile(values, 0.95)).toBe(19);
    expect(quantile([3], 0.95)).toBe(3);
  });
});
