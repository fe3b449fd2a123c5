/** Verification on LFW-style pairs, as `train` and `evaluate` run it. */
import { OptionError } from "../core/index.ts";
import { fitToInput, lfwImages, readLfwPairs, type VerificationSet } from "../data/index.ts";
import { type Embedder, embedViews, type FlipRule } from "../embedder/index.ts";
import { type Embeddings, type VerificationResult, verifyFolds } from "../eval2/index.ts";
import type { Verification } from "../train/index.ts";

/** Opens a set of pairs for `train`, when one is named. */
export async function openVerification(
  images: string | undefined,
  pairs: string | undefined,
): Promise<((embedder: Embedder) => Promise<Verification>) | undefined> {
  if (images === undefined && pairs === undefined) return undefined;
  if (images === undefined || pairs === undefined) {
    throw new OptionError("train: got one of --verify-images and --verify-pairs, expected both or neither");
  }
  const set = await lfwImages(images, await readLfwPairs(pairs));
  return async (embedder) => verifySet(embedder, set, { flip: embedder.contract.flip, centering: false });
}

/** Pictures in memory at once. */
const CHUNK = 256;

/** Embeds every picture of a set and scores its pairs. */
export async function verifySet(
  embedder: Embedder,
  set: VerificationSet,
  { flip, centering }: { flip: FlipRule; centering: boolean },
  onProgress: (done: number, total: number) => void = () => {},
): Promise<VerificationResult> {
  const { inputSize, embeddingSize: size } = embedder.contract;
  const rows = (): Embeddings => ({ count: set.imageCount, size, data: new Float32Array(set.imageCount * size) });
  const original = rows();
  const flipped = flip === "none" ? undefined : rows();
  for (let start = 0; start < set.imageCount; start += CHUNK) {
    const indices = Array.from({ length: Math.min(CHUNK, set.imageCount - start) }, (_, i) => start + i);
    const images = await Promise.all(indices.map(async (index) => fitToInput(await set.read(index), ...inputSize)));
    const views = await embedViews(embedder, images, flip);
    original.data.set(views.original.data, start * size);
    if (views.flipped !== undefined) flipped?.data.set(views.flipped.data, start * size);
    onProgress(start + images.length, set.imageCount);
  }
  return verifyFolds({ original, flipped }, set.pairs, { flip, centering });
}
