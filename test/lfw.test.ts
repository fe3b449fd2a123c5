/** Decoding, preprocessing and protocol together: a network whose score on LFW is known must reach it here. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lfwImages, openDataset, readLfwPairs, summarize } from "../src/base/data/index.ts";
import { openEmbedder, verifySet } from "../src/faces/embedder/index.ts";

const shared = process.env.COSFACE_SHARED ?? join(import.meta.dirname, "..", "..", "shared");
const model = join(shared, "models", "mobilefacenet.onnx");
const faces = join(shared, "faces", "train.rec");

describe.skipIf(!existsSync(model))("LFW", () => {
  it("gives the foreign MobileFaceNet its known 99.35 %, within 0.1", { timeout: 300_000 }, async () => {
    const set = await lfwImages(join(shared, "lfw", "aligned"), await readLfwPairs(join(shared, "lfw", "pairs.txt")));
    const embedder = await openEmbedder(model, { mean: 127.5, std: 127.5, channels: "rgb", flip: "none" });
    const { accuracy, pairCount, folds } = await verifySet(embedder, set);
    await embedder.close();
    expect(pairCount).toBe(6000);
    expect(folds).toHaveLength(10);
    expect(Math.abs(accuracy - 0.9935)).toBeLessThan(0.001);
  });
});

describe.skipIf(!existsSync(faces))("the training faces", () => {
  it("are 318 identities with 21,232 images", async () => {
    const dataset = await openDataset(faces);
    expect(summarize(dataset)).toMatchObject({
      identityCount: 318,
      sampleCount: 21_232,
      fewestPerIdentity: 11,
      mostPerIdentity: 90,
    });
    await dataset.close();
  });
});
