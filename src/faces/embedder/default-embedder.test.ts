import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flipImage } from "../../base/image/index.ts";
import { renderFace, syntheticIdentity } from "../../training/synthetic/index.ts";
import { type Embedder, embedViews, openEmbedder } from "./embedder.ts";

/** face-api 1.7.15's descriptor (tfjs 4.22.0, WebAssembly) of the image below: its first numbers, and its length. */
const FIRST = [-0.1038894, 0.0643835, 0.0728298, 0.0478832, -0.1168778, -0.0225697, 0.0534026, -0.0878778];
const LENGTH = 1.302357;

const { image } = renderFace(syntheticIdentity(7, 0), { width: 150, height: 150, seed: 1 });

describe("the default embedder", () => {
  let embedder: Embedder;
  beforeAll(async () => {
    embedder = await openEmbedder("default");
  });
  afterAll(() => embedder.close());

  it("gives face-api's descriptor", async () => {
    const { count, size, data } = await embedder.embed([image]);
    expect([count, size]).toEqual([1, 128]);
    for (const [i, value] of FIRST.entries()) expect(data[i]).toBeCloseTo(value, 5);
    expect(Math.hypot(...data)).toBeCloseTo(LENGTH, 5);
  });

  it("gives the same for an image alone and among others", async () => {
    const { data: alone } = await embedder.embed([image]);
    const { data: together } = await embedder.embed([flipImage(image), image]);
    for (let i = 0; i < 128; i++) expect(together[128 + i]).toBeCloseTo(alone[i]!, 5);
  });

  it("adds the mirror image's embedding, so that an image and its mirror image have the same", async () => {
    const { size, data } = await embedViews(embedder, [image, flipImage(image)]);
    expect(size).toBe(128);
    for (let i = 0; i < 128; i++) expect(data[128 + i]).toBeCloseTo(data[i]!, 5);
  });

  it("says what it takes, who it is and under which licence", () => {
    const { contract, id, license } = embedder;
    expect(contract).toMatchObject({ inputSize: [150, 150], embeddingSize: 128, channels: "rgb", mean: 0, std: 1 });
    // With another id, every embedding and threshold that people have stored is void.
    expect(id).toBe("722b8b0142ae5834");
    expect(license).toContain("CC0");
  });
});
