import { describe, expect, it } from "vitest";
import { DatasetError } from "../../base/core/index.ts";
import { largestIdentities, toyFaces } from "./toy-faces.ts";

describe("largestIdentities", () => {
  const set = { labels: Uint32Array.from([3, 0, 0, 1, 3, 3, 1, 4, 0]), identityCount: 6 };

  it("worked by hand: counts 3, 2, 0, 3, 1, 0", () => {
    expect(largestIdentities(set, 2, 10)).toEqual([
      [1, 2, 8],
      [0, 4, 5],
    ]);
    expect(largestIdentities(set, 3, 2)).toEqual([
      [1, 2],
      [3, 6],
      [0, 4],
    ]);
  });

  it("refuses a set of fewer people: empty ones do not count", () => {
    expect(() => largestIdentities(set, 5, 1)).toThrow(DatasetError);
    expect(() => largestIdentities(set, 5, 1)).toThrow("got 4 identities with images, expected at least 5");
  });
});

describe("toyFaces", () => {
  it("keeps resized images with dense labels", async () => {
    const options = { identityCount: 3, imagesPerIdentity: 2, inputSize: [16, 32] as const, seed: 1 };
    const dataset = await toyFaces(options);
    expect([...dataset.labels]).toEqual([0, 0, 1, 1, 2, 2]);
    const { image, label } = await dataset.read(3);
    expect({ width: image.width, height: image.height, label }).toEqual({ width: 32, height: 16, label: 1 });
    expect(await dataset.read(3)).toBe(await dataset.read(3));
  });
});
