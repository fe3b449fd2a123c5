/** A panorama: its small faces are found at their size, and one that is too large is refused with its name. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resizeImage } from "../../base/image/index.ts";
import { renderScene } from "../../training/synthetic/index.ts";
import { openDetector } from "./open-detector.ts";
import { readPhotograph } from "./photograph.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-panorama-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("a panorama of 16382 × 3000 pixels", () => {
  it("shows all five faces of 107 pixels, each with a box of its size", async () => {
    const [width, height, faceHeight] = [16_382, 3000, 107];
    const data = new Uint8Array(3 * width * height).fill(150);
    const centers: (readonly [x: number, y: number])[] = [];
    for (let i = 0; i < 5; i++) {
      const scene = renderScene({ seed: i + 1, width: 250, height: 250, minimumFaceHeight: 100, difficulty: 0.3 });
      const [{ box } = { box: { x: 0, y: 0, width: 250, height: 250 } }] = scene.faces;
      const scale = faceHeight / box.height;
      const side = Math.round(250 * scale);
      const drawn = await resizeImage(scene.image, side, side);
      const [left, top] = [1500 + 3300 * i, 600 + 400 * i];
      for (let y = 0; y < side; y++) {
        data.set(drawn.data.subarray(3 * y * side, 3 * (y + 1) * side), 3 * ((top + y) * width + left));
      }
      centers.push([left + scale * (box.x + box.width / 2), top + scale * (box.y + box.height / 2)]);
    }
    const detector = await openDetector("default", { threads: 1 });
    const found = await detector.detect({ width, height, data });
    await detector.close();
    expect(found.length).toBe(centers.length);
    for (const [x, y] of centers) {
      const distances = found.map(({ box }) => Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y));
      const nearest = distances.indexOf(Math.min(...distances));
      expect(distances[nearest]).toBeLessThan(faceHeight / 4);
      expect(found[nearest]?.box.height).toBeGreaterThan(0.6 * faceHeight);
      expect(found[nearest]?.box.height).toBeLessThan(1.4 * faceHeight);
    }
  });

  it("is refused above 50 megapixels by its size, with limit, file and flag", async () => {
    const file = join(folder, "wide.png");
    const wide = sharp({ create: { width: 20_000, height: 2501, channels: 3, background: "gray" } });
    await writeFile(file, await wide.png({ compressionLevel: 1 }).toBuffer());
    await expect(readPhotograph(file)).rejects.toMatchObject({
      file,
      message: `${file}: png: got an image of 20000×2501 pixels, expected at most 50000000 pixels (option maxPixels, flag --max-pixels)`,
    });
  });
});
