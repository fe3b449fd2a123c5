import type { CancelSignal } from "../../base/core/index.ts";
import { requireFields } from "../../base/core/index.ts";
import type { VerificationSet } from "../../base/data/index.ts";
import type { Embeddings, FlipRule } from "../../measure/eval/index.ts";
import { alignCrop } from "./align.ts";
import { embeddingLength } from "./contract.ts";
import { embedViews, type ViewEmbedder } from "./embedder.ts";

/** Images in memory at once. */
const CHUNK = 256;

/**
 * Embeds every aligned crop of a set, each fitted to the network's input, with the mirror image as the flip rule says.
 *
 * @throws {ImageError} for an image that cannot be decoded: without it, the result would be that of another benchmark.
 */
export async function embedSet(
  embedder: ViewEmbedder,
  set: Pick<VerificationSet, "imageCount" | "read">,
  flip: FlipRule,
  onProgress: (done: number, total: number) => void = () => {},
  signal?: CancelSignal,
): Promise<Embeddings> {
  requireFields("embedder", embedder, { contract: "an object", embed: "a function" });
  requireFields("verification set", set, { imageCount: "a number", read: "a function" });
  const { imageCount, read } = set;
  const size = embeddingLength({ ...embedder.contract, flip });
  const data = new Float32Array(imageCount * size);
  for (let start = 0; start < imageCount; start += CHUNK) {
    signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(CHUNK, imageCount - start) }, (_, i) => start + i);
    const images = await Promise.all(indices.map(async (index) => alignCrop(await read(index), embedder.contract)));
    data.set((await embedViews(embedder, images, flip)).data, start * size);
    onProgress(start + images.length, imageCount);
  }
  return { count: imageCount, size, data };
}
