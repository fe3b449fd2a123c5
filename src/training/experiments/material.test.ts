import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { syntheticFaces } from "../synthetic/index.ts";
import { keepFirst, openMaterial } from "./material.ts";

describe("openMaterial", () => {
  it("draws synthetic people, and others to test on, at the input size", async () => {
    const { dataset, verification, protocol } = await openMaterial({
      identities: 3,
      imagesPerIdentity: 2,
      inputSize: [32, 16],
    });
    expect([dataset.identityCount, dataset.sampleCount, protocol]).toEqual([3, 6, "synthetic"]);
    const { image } = await dataset.read(5);
    expect([image.height, image.width]).toEqual([32, 16]);
    expect((await dataset.read(5)).image).toBe(image);
    expect(verification.source(0)).toContain("identity 3,");
    expect(verification.pairs).toHaveLength(2000);
    expect(await verification.read(7)).toBe(await verification.read(7));
  });

  it("requires faces and pairs together", async () => {
    const call = openMaterial({ data: "faces", inputSize: [32, 32] });
    await expect(call).rejects.toThrow(OptionError);
    await expect(call).rejects.toThrow(/expected all three, or none/);
  });
});

describe("keepFirst", () => {
  const dataset = syntheticFaces({ identityCount: 4, imagesPerIdentity: 3, seed: 1, width: 16, height: 16 });

  it("keeps the first identities and the first images of each, with their own images", async () => {
    const kept = keepFirst(dataset, 3, 2);
    expect([kept.identityCount, [...kept.labels]]).toEqual([3, [0, 0, 1, 1, 2, 2]]);
    expect(kept.source(3)).toBe(dataset.source(4));
    expect((await kept.read(3)).image.data).toEqual((await dataset.read(4)).image.data);
    let count = 0;
    for await (const { label } of kept) expect(label).toBe(kept.labels[count++]);
    expect(count).toBe(6);
  });

  it("keeps everything by default", () => {
    expect(keepFirst(dataset)).toMatchObject({ identityCount: 4, sampleCount: 12 });
  });
});
