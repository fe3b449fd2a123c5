import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeImage } from "../../../base/image/index.ts";
import type { Faces } from "../parts.ts";
import { openFaceThread } from "./face-thread.ts";

describe("openFaceThread", () => {
  let faces: Faces;
  let gray: Uint8Array;

  beforeAll(async () => {
    faces = await openFaceThread({ threads: 1, maximumPending: 3, limits: { maxPixels: 10_000 } });
    const image = { width: 64, height: 48, data: new Uint8Array(3 * 64 * 48).fill(128) };
    gray = await encodeImage(image, { format: "png" });
  });
  afterAll(() => faces.close());

  it("answers with an image's size and faces, again and again, and leaves the caller's bytes alone", async () => {
    const before = gray.slice();
    expect(await faces.detect(gray)).toEqual({ width: 64, height: 48, faces: [] });
    expect(await faces.embed(gray)).toEqual({ width: 64, height: 48, faces: [] });
    expect(gray).toEqual(before);
    expect(faces.pendingCount).toBe(0);
  });

  it("passes on why a image is refused, with its code, and answers the others", async () => {
    const large = await encodeImage({ width: 200, height: 100, data: new Uint8Array(60_000) }, { format: "png" });
    const answers = await Promise.allSettled([
      faces.embed(new Uint8Array([1, 2])),
      faces.embed(large),
      faces.embed(gray),
    ]);
    expect(answers).toMatchObject([
      { status: "rejected", reason: { code: "COSFACE_IMAGE" } },
      { status: "rejected", reason: { code: "COSFACE_IMAGE" } },
      { status: "fulfilled", value: { width: 64 } },
    ]);
  });

  it("answers others while an image is decoded that may take long", async () => {
    const tiff = await sharp({ create: { width: 64, height: 48, channels: 3, background: "gray" } })
      .tiff()
      .toBuffer();
    const answered: string[] = [];
    const slow = faces.embed(tiff).then(({ width }) => answered.push(`tiff ${width}`)); // Starts a process.
    const quick = faces.embed(gray).then(({ width }) => answered.push(`png ${width}`));
    await Promise.all([slow, quick]);
    expect(answered).toEqual(["png 64", "tiff 64"]);
  });

  it("takes no more than may wait, and none once it is closed", async () => {
    const answers = await Promise.allSettled(Array.from({ length: 4 }, () => faces.embed(gray)));
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected"]);
    expect(answers[3]).toMatchObject({ reason: { code: "COSFACE_UNAVAILABLE" } });
    const last = faces.embed(gray);
    const closed = faces.close();
    await expect(last).rejects.toMatchObject({ code: "COSFACE_UNAVAILABLE" });
    await closed;
    await expect(faces.embed(gray)).rejects.toMatchObject({ code: "COSFACE_UNAVAILABLE" });
  });

  it("refuses an image that ends the networks twice, and answers others afterwards", { timeout: 60_000 }, async () => {
    const hurried = await openFaceThread({ threads: 1, answerSeconds: 0.001 });
    const start = performance.now();
    const answers = await Promise.allSettled([hurried.embed(gray), hurried.embed(gray)]);
    expect(answers).toMatchObject([{ reason: { code: "COSFACE_IMAGE" } }, { reason: { code: "COSFACE_IMAGE" } }]);
    expect(performance.now() - start).toBeLessThan(30_000);
    expect(hurried.pendingCount).toBe(0);
    await hurried.close();
  });

  it("says why a model cannot be opened", async () => {
    await expect(openFaceThread({ model: "missing.onnx" })).rejects.toMatchObject({ code: "COSFACE_MODEL" });
  });
});
