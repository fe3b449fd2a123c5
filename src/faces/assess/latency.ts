/** How long this machine takes to find and embed the faces of one photograph. */
import { random } from "../../base/core/index.ts";
import { decodeImage } from "../../base/image/index.ts";
import type { FacePipeline } from "../face/index.ts";
import { readBytes, type SurveyedImage } from "./survey-folder.ts";

/** Times of photographs that were looked at one after another, in seconds. */
export type Latency = {
  readonly photographCount: number;
  /** Median and 95th percentile of detection, alignment and embedding, without decoding. */
  readonly median: number;
  readonly p95: number;
  /** Median of decoding a photograph. */
  readonly decodingMedian: number;
};

/** Photographs that are timed: fewer do not have a 95th percentile. */
export const LEAST_TIMED = 20;
const MOST_TIMED = 40;

/**
 * Times up to 40 photographs drawn at random, after one that warms the networks up.
 *
 * @returns undefined for fewer than 20 photographs that can be decoded.
 */
export async function measureLatency(
  images: readonly SurveyedImage[],
  faces: FacePipeline,
  seed: number,
): Promise<Latency | undefined> {
  const order = Array.from(random(seed, "latency").permutation(images.length));
  const chosen = order.flatMap((index) => images[index] ?? []).filter(({ facts }) => facts !== undefined);
  if (chosen.length <= LEAST_TIMED) return undefined;
  const [decoding, embedding]: [number[], number[]] = [[], []];
  for (const [i, image] of chosen.slice(0, MOST_TIMED + 1).entries()) {
    const bytes = await readBytes(image);
    const start = performance.now();
    const decoded = await decodeImage(bytes);
    const between = performance.now();
    await faces.embed(decoded);
    const end = performance.now();
    if (i === 0) continue;
    decoding.push((between - start) / 1000);
    embedding.push((end - between) / 1000);
  }
  return {
    photographCount: embedding.length,
    median: quantile(embedding, 0.5),
    p95: quantile(embedding, 0.95),
    decodingMedian: quantile(decoding, 0.5),
  };
}

/** The smallest value that at least the share `q` of all values do not exceed. */
export function quantile(values: readonly number[], q: number): number {
  const rising = values.toSorted((a, b) => a - b);
  return rising[Math.max(0, Math.ceil(q * rising.length) - 1)] ?? Number.NaN;
}
