import type { CancelSignal } from "../../base/core/index.ts";
import { requireFields, requireKnownKeys } from "../../base/core/index.ts";
import type { VerificationSet } from "../../base/data/index.ts";
import { type FlipRule, type VerificationResult, verifyTenFold } from "../../measure/eval/index.ts";
import { embedSet } from "./embed-set.ts";
import type { ViewEmbedder } from "./embedder.ts";

/** How a set is verified. */
export type VerifySetOptions = {
  /** Use of the mirror image; default: the model's own rule. */
  readonly flip?: FlipRule;
  /** Subtract the mean embedding of the other folds; default false. */
  readonly centering?: boolean;
  /** Name of the protocol, for the result; default "lfw". */
  readonly protocol?: string;
  /** Called with the number of images embedded so far, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the call with the signal's reason. */
  readonly signal?: CancelSignal;
};

/**
 * Embeds every aligned crop of a set, each fitted to the network's input, and scores its pairs fold by fold.
 *
 * @throws {ImageError} for an image that cannot be decoded: without it, the result would be that of another benchmark.
 */
export async function verifySet(
  embedder: ViewEmbedder,
  set: VerificationSet,
  options: VerifySetOptions = {},
): Promise<VerificationResult> {
  requireFields("embedder", embedder, { contract: "an object", embed: "a function" });
  requireFields("verification set", set, { imageCount: "a number", pairs: "a list", read: "a function" });
  requireKnownKeys("options of verifySet", options, {
    flip: true,
    centering: true,
    protocol: true,
    onProgress: true,
    signal: true,
  });
  const { flip = embedder.contract.flip, centering = false, protocol = "lfw", onProgress, signal } = options;
  const embeddings = await embedSet(embedder, set, flip, onProgress, signal);
  return verifyTenFold(embeddings, set.pairs, { flip, centering, protocol });
}
