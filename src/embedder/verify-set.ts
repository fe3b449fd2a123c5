import type { VerificationSet } from "../data/index.ts";
import { type FlipRule, type VerificationResult, verifyTenFold } from "../eval/index.ts";
import { alignCrop } from "./align.ts";
import { embedViews, type ViewEmbedder } from "./embedder.ts";

/** How a set is verified. */
export type VerifySetOptions = {
  /** Use of the mirror image; default: the model's own rule. */
  readonly flip?: FlipRule;
  /** Subtract the mean embedding of the other folds; default false. */
  readonly centering?: boolean;
  /** Name of the protocol, for the result; default "lfw". */
  readonly protocol?: string;
  /** Called with the number of pictures embedded so far, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
};

/** Pictures in memory at once. */
const CHUNK = 256;

/**
 * Embeds every aligned crop of a set, each fitted to the network's input, and scores its pairs fold by fold.
 *
 * @throws {ImageError} for a picture that cannot be decoded: a score without it would be of another benchmark.
 */
export async function verifySet(
  embedder: ViewEmbedder,
  set: VerificationSet,
  options: VerifySetOptions = {},
): Promise<VerificationResult> {
  const { flip = embedder.contract.flip, centering = false, protocol = "lfw", onProgress = () => {} } = options;
  const { embeddingSize } = embedder.contract;
  const size = flip === "concat" ? 2 * embeddingSize : embeddingSize;
  const data = new Float32Array(set.imageCount * size);
  for (let start = 0; start < set.imageCount; start += CHUNK) {
    const indices = Array.from({ length: Math.min(CHUNK, set.imageCount - start) }, (_, i) => start + i);
    const images = await Promise.all(indices.map(async (index) => alignCrop(await set.read(index), embedder.contract)));
    data.set((await embedViews(embedder, images, flip)).data, start * size);
    onProgress(start + images.length, set.imageCount);
  }
  return verifyTenFold({ count: set.imageCount, size, data }, set.pairs, { flip, centering, protocol });
}
