/**
 * Whatever bytes come in, decoding ends: with a picture within the limits or with an `ImageError`, soon, and in bounded
 * memory. `COSFACE_MUTATIONS=10000` tries that many files.
 */
import { describe, expect, it } from "vitest";
import { ImageError } from "../src/base/core/index.ts";
import { decodeImage } from "../src/base/image/index.ts";
import { mutatedImages } from "./mutated-images.ts";
import { mutationCount } from "./support/mutation-count.ts";

const COUNT = mutationCount(600);
/** Files decoded side by side, as a server would. */
const LANES = 4;
/** Seconds for one file on a busy machine: a picture at the limit of 50 million pixels takes about one. */
const PATIENCE = 30;
/** Four pictures at the limit, each as RGB and as what it was decoded from, and room for the collector. */
const MEMORY_BYTES = 2.5e9;

describe("mutated pictures", () => {
  it(`${COUNT} files end in a picture or a typed error`, { timeout: 100_000 + 200 * COUNT }, async () => {
    const file = await mutatedImages(1);
    const before = process.memoryUsage.rss();
    const counts = { picture: 0, error: 0 };
    const faults: string[] = [];
    let highest = before;
    let next = 0;
    const lane = async () => {
      while (next < COUNT) {
        const { what, bytes } = file(next++);
        const outcome = await withPatience(decodeImage(bytes).catch((cause: unknown) => cause));
        highest = Math.max(highest, process.memoryUsage.rss());
        if (outcome instanceof ImageError) counts.error++;
        else if (isPicture(outcome)) counts.picture++;
        else faults.push(`${what}: ${outcome}`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(faults).toEqual([]);
    // Both happen often: a generator of hopeless files, or of harmless ones, would test little.
    expect(Math.min(counts.picture, counts.error)).toBeGreaterThan(COUNT / 10);
    expect(highest - before).toBeLessThan(MEMORY_BYTES);
  });

  it("are the same for the same seed, and others for another", async () => {
    const [first, again, other] = await Promise.all([mutatedImages(1), mutatedImages(1), mutatedImages(2)]);
    expect(again(300)).toEqual(first(300));
    expect(other(300)).not.toEqual(first(300));
  });
});

function isPicture(value: unknown): boolean {
  const { width, height, data } = value as { width?: number; height?: number; data?: Uint8Array };
  return width! >= 1 && height! >= 1 && width! * height! <= 50_000_000 && data?.length === 3 * width! * height!;
}

async function withPatience<T>(result: Promise<T>): Promise<T | string> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, 1000 * PATIENCE, `no end within ${PATIENCE} s`);
  });
  return Promise.race([result, tooLong]).finally(() => clearTimeout(timer));
}
