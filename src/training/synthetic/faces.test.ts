import { describe, expect, it } from "vitest";
import { DatasetError, OptionError } from "../../base/core/index.ts";
import { requireTrainable } from "../../base/data/face-dataset.ts";
import { decodeImage } from "../../base/image/index.ts";
import { syntheticFaces } from "./faces.ts";
import { syntheticPairs } from "./pairs.ts";

const SMALL = { seed: 4, width: 24, height: 24 } as const;

describe("syntheticFaces", () => {
  it("gives person after person, the same samples in order as one by one", async () => {
    const dataset = syntheticFaces({ ...SMALL, identityCount: 3, imagesPerIdentity: 2 });
    expect([dataset.identityCount, dataset.sampleCount, [...dataset.labels]]).toEqual([3, 6, [0, 0, 1, 1, 2, 2]]);
    requireTrainable(dataset);
    const last = await dataset.read(5);
    let index = 0;
    for await (const sample of dataset) {
      expect(sample).toEqual(await dataset.read(index));
      expect(sample.source).toBe(dataset.source(index));
      index++;
    }
    expect(index).toBe(6);
    expect(await dataset.read(5)).toEqual(last);
  });

  it("gives an image that depends only on seed, person and number", async () => {
    const few = syntheticFaces({ ...SMALL, identityCount: 2, imagesPerIdentity: 2 });
    const more = syntheticFaces({ ...SMALL, identityCount: 5, imagesPerIdentity: 7 });
    const later = syntheticFaces({ ...SMALL, identityCount: 1, imagesPerIdentity: 2, firstIdentity: 1 });
    const other = syntheticFaces({ ...SMALL, seed: 5, identityCount: 2, imagesPerIdentity: 2 });
    const { image } = await few.read(3);
    expect((await more.read(8)).image).toEqual(image);
    expect((await later.read(1)).image).toEqual(image);
    expect((await other.read(3)).image).not.toEqual(image);
    expect((await few.read(2)).image).not.toEqual(image);
  });

  it("encodes a sample without loss", async () => {
    const dataset = syntheticFaces({ ...SMALL, identityCount: 2, imagesPerIdentity: 1 });
    const decoded = await decodeImage(await dataset.readBytes(1));
    expect([...decoded.data]).toEqual([...(await dataset.read(1)).image.data]);
  });

  it("gives nothing outside the set or once closed", async () => {
    const dataset = syntheticFaces({ ...SMALL, identityCount: 2, imagesPerIdentity: 1 });
    await expect(dataset.read(2)).rejects.toThrow("got sample 2, expected a whole number in [0, 2)");
    await dataset.close();
    await dataset.close();
    await expect(dataset.read(0)).rejects.toThrow(DatasetError);
    expect(() => syntheticFaces({ ...SMALL, identityCount: 0, imagesPerIdentity: 1 })).toThrow(OptionError);
  });

  it("shows people who differ in more than color, and images of one person that are more alike", async () => {
    const set = { identityCount: 60, imagesPerIdentity: 6 };
    const dataset = syntheticFaces({ ...SMALL, ...set, difficulty: 0.5 });
    const colors: number[][] = [];
    for await (const { image } of dataset) {
      const sums = [0, 0, 0];
      for (let at = 0; at < image.data.length; at++) sums[at % 3]! += image.data[at]!;
      colors.push(sums.map((sum) => sum / (24 * 24)));
    }
    const pairs = syntheticPairs({ ...set, folds: 2, pairsPerFold: 400 });
    const score = ({ left, right }: { left: number; right: number }): number =>
      -colors[left]!.reduce((sum, value, c) => sum + (value - colors[right]![c]!) ** 2, 0);
    const accuracies = pairs.map((pair) => {
      const threshold = score(pair);
      return pairs.filter((other) => score(other) >= threshold === other.same).length / pairs.length;
    });
    expect(Math.max(...accuracies)).toBeLessThan(0.7);
    expect(Math.max(...accuracies)).toBeGreaterThan(0.53);
  });
});
