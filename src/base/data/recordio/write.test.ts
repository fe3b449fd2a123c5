import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DatasetError } from "../../core/index.ts";
import { encodeImage } from "../../image/index.ts";
import { type FaceDataset, faceDataset } from "../face-dataset.ts";
import { packDataset } from "./write.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cosface-pack-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function withBytes(images: readonly Uint8Array[]): FaceDataset {
  return faceDataset({
    identityCount: 2,
    labels: Uint32Array.from(images, (_, i) => i % 2),
    source: (index) => `image ${index}`,
    readBytes: async (index) => images[index]!,
    close: async () => {},
  });
}

describe("packDataset", () => {
  const broken = new TextEncoder().encode("not an image");

  it("takes the size of `property` from the first image that can be decoded", async () => {
    const png = await encodeImage({ width: 5, height: 7, data: new Uint8Array(105) }, { format: "png" });
    await packDataset(withBytes([broken, png, png]), folder);
    expect(readFileSync(join(folder, "property"), "utf8")).toBe("2,7,5\n");
  });

  it("writes nothing if no image can be decoded", async () => {
    await expect(packDataset(withBytes([broken, broken]), folder)).rejects.toThrow(DatasetError);
    expect(readdirSync(folder)).toEqual([]);
  });
});
