/**
 * What is known of a photograph once its faces were looked for: the embedding of its main face, the number of its
 * faces, its landmarks, and a small gray version of the crop to find copies by. The facts are kept as one row of
 * numbers in the store of embeddings, so that a report that was interrupted, or is made again, computes only what is
 * missing.
 */
import { createHash } from "node:crypto";
import type { Landmarks, RgbImage } from "../../base/image/index.ts";

/** The main face of a photograph ({@link mainFace}), and how many faces there are. */
export type ImageFacts = {
  /** Faces that the detector found; 0 means that there is no embedding. */
  readonly faceCount: number;
  /** Unit vector. */
  readonly embedding: Float32Array;
  /** In pixels of the photograph. */
  readonly landmarks: Landmarks;
  /** Gray values of the crop, {@link THUMBNAIL_SIDE} squared, less their mean, divided by their length. */
  readonly thumbnail: Float32Array;
};

/** Side of the gray version of a crop in pixels. */
export const THUMBNAIL_SIDE = 16;

const POINTS = 5;
const THUMBNAIL = THUMBNAIL_SIDE ** 2;
/** Changes with the meaning of the row. */
const VERSION = 1;

/** Numbers in the row of facts with an embedding of `size` numbers. */
export function factsLength(size: number): number {
  return 1 + 2 * POINTS + THUMBNAIL + size;
}

/** The facts as a row of numbers. */
export function packFacts({ faceCount, embedding, landmarks, thumbnail }: ImageFacts): Float32Array {
  return Float32Array.from([faceCount, ...landmarks.flat(), ...thumbnail, ...embedding]);
}

/** The facts in a row of numbers; undefined for a row of another size or with numbers that cannot be. */
export function unpackFacts(row: Float32Array | undefined, size: number): ImageFacts | undefined {
  if (row?.length !== factsLength(size) || !row.every(Number.isFinite)) return undefined;
  const [faceCount = 0] = row;
  const points = row.subarray(1, 1 + 2 * POINTS);
  const landmarks = Array.from({ length: POINTS }, (_, i) => [points[2 * i] ?? 0, points[2 * i + 1] ?? 0] as const);
  const rest = row.subarray(1 + 2 * POINTS);
  return {
    faceCount,
    landmarks: landmarks as unknown as Landmarks,
    thumbnail: rest.slice(0, THUMBNAIL),
    embedding: rest.slice(THUMBNAIL),
  };
}

/** The facts of a photograph without a face. */
export function noFace(size: number): ImageFacts {
  const nowhere = Array.from({ length: POINTS }, () => [0, 0] as const) as unknown as Landmarks;
  return {
    faceCount: 0,
    landmarks: nowhere,
    thumbnail: new Float32Array(THUMBNAIL),
    embedding: new Float32Array(size),
  };
}

/** The key of a photograph's facts. @param detection the detector and its settings, in words. */
export function factsKey(digest: string, detection: string): string {
  return createHash("sha256").update(`facts ${VERSION}\0${detection}\0${digest}`).digest("hex");
}

/** The gray version of a crop: means of blocks, less their mean, divided by their length; zeros for a plain crop. */
export function grayThumbnail({ width, height, data }: RgbImage): Float32Array {
  const sums = new Float64Array(THUMBNAIL);
  const counts = new Float64Array(THUMBNAIL);
  for (let y = 0; y < height; y++) {
    const row = THUMBNAIL_SIDE * Math.floor((y * THUMBNAIL_SIDE) / height);
    for (let x = 0; x < width; x++) {
      const block = row + Math.floor((x * THUMBNAIL_SIDE) / width);
      const at = 3 * (y * width + x);
      sums[block]! += 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
      counts[block]!++;
    }
  }
  const means = sums.map((sum, block) => sum / Math.max(1, counts[block]!));
  const mean = means.reduce((sum, value) => sum + value, 0) / THUMBNAIL;
  const centered = means.map((value) => value - mean);
  const length = Math.hypot(...centered);
  return Float32Array.from(centered, (value) => (length < 1e-6 ? 0 : value / length));
}

/** Correlation of two gray versions, in [−1, 1]: 1 for one photograph, however large or compressed. */
export function correlation(first: Float32Array, second: Float32Array): number {
  return first.reduce((sum, value, i) => sum + value * (second[i] ?? 0), 0);
}
