/**
 * A folder of people for tests, and networks that look at its pixels: an image is a pattern of 4 × 4 blocks, which is
 * its embedding, and the color of its frame says how many faces there are.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { random } from "../../base/core/index.ts";
import { encodeImage, landmarkTemplate, type RgbImage } from "../../base/image/index.ts";
import type { Embeddings } from "../../measure/eval/index.ts";
import type { Embedder, EmbedderContract } from "../embedder/index.ts";
import { type DetectedFace, type FacePipeline, facePipeline } from "../face/index.ts";

const BLOCKS = 4;
const BLOCK = 8;
/** Side of an image in pixels. */
export const SIDE = BLOCKS * BLOCK;

/** A drawn person: the mean of the blocks of the person's images. */
export type DrawnPerson = readonly number[];

/** People whose patterns differ. */
export function drawPeople(seed: number, count: number): DrawnPerson[] {
  const stream = random(seed, "patterns of people");
  return Array.from({ length: count }, () => Array.from({ length: BLOCKS ** 2 }, () => stream.uniform(60, 200)));
}

/** An image of a person. @param spread standard deviation of its blocks, in levels of gray. */
export function drawImage(person: DrawnPerson, seed: number, { spread = 12, faceCount = 1 } = {}): RgbImage {
  const stream = random(seed, "pattern of an image");
  const levels = person.map((mean) => Math.min(250, Math.max(20, Math.round(stream.normal(mean, spread)))));
  const data = new Uint8Array(3 * SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const level = levels[BLOCKS * Math.floor(y / BLOCK) + Math.floor(x / BLOCK)] ?? 0;
      data.fill(level, 3 * (y * SIDE + x), 3 * (y * SIDE + x) + 3);
    }
  }
  // The first pixel holds the number of faces.
  data.fill(faceCount, 0, 3);
  return { width: SIDE, height: SIDE, data };
}

/** Writes an image as PNG, and the folders above it. */
export async function writeImage(root: string, name: string, image: RgbImage): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), await encodeImage(image, { format: "png" }));
}

/** Networks for such images. `embeddedCount` counts the images that were embedded. */
export function patternNetworks(): FacePipeline & { readonly embeddedCount: () => number } {
  let embedded = 0;
  const contract: EmbedderContract = {
    inputSize: [SIDE, SIDE],
    embeddingSize: BLOCKS ** 2,
    channels: "rgb",
    mean: 0,
    std: 1,
    template: "arcface",
    flip: "none",
  };
  const embedder: Embedder = {
    id: "patterns",
    source: "patterns",
    license: "none",
    contract,
    async embed(images): Promise<Embeddings> {
      embedded += images.length;
      const data = Float32Array.from(images.flatMap(patternOf));
      return { count: images.length, size: BLOCKS ** 2, data };
    },
    close: async () => {},
  };
  const detector = {
    name: "corners",
    license: "none",
    async detect({ width, height, data }: RgbImage): Promise<readonly DetectedFace[]> {
      const face = { box: { x: 0, y: 0, width, height }, score: 1, landmarks: landmarkTemplate(width, height) };
      return Array.from({ length: data[0] ?? 0 }, () => face);
    },
    close: async () => {},
  };
  return Object.assign(facePipeline(detector, embedder), { embeddedCount: () => embedded });
}

/** Levels in the middle of the blocks, around the mean level. */
function patternOf({ data }: RgbImage): number[] {
  return Array.from({ length: BLOCKS ** 2 }, (_, i) => {
    const [x, y] = [BLOCK * (i % BLOCKS) + BLOCK / 2, BLOCK * Math.floor(i / BLOCKS) + BLOCK / 2];
    return (data[3 * (y * SIDE + x)] ?? 0) - 130;
  });
}
