import type { CancelSignal } from "../../base/core/index.ts";
import { requireFields, requireKnownKeys } from "../../base/core/index.ts";
import type { VerificationSet } from "../../base/data/index.ts";
import { type VerificationResult, verifyTenFold } from "../../measure/eval/index.ts";
import { embeddingLength } from "../embedder/index.ts";
import { mainFace } from "./main-face.ts";
import type { FacePipeline } from "./pipeline.ts";

/** A result on photographs, and the number of those in which the detector found no face. */
export type PhotographVerification = VerificationResult & {
  readonly imageCount: number;
  /** Images without a detected face; each pair with one of them has score 0. */
  readonly missedImageCount: number;
};

/** How photographs are verified. */
export type VerifyPhotographsOptions = {
  /** Subtract the mean embedding of the other folds; default false. */
  readonly centering?: boolean;
  /** Called with the number of photographs done so far, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the call with the signal's reason. */
  readonly signal?: CancelSignal;
};

/**
 * Detects, aligns and embeds the main face of each photograph of a set ({@link mainFace}), and scores the pairs fold by
 * fold. An image without a face keeps an embedding of zeros, whose cosine to everything is 0: a genuine pair with it is
 * an error at every threshold above 0, an impostor pair is not.
 *
 * @throws {ImageError} for an image that cannot be decoded: without it, the result would be that of another benchmark.
 */
export async function verifyPhotographs(
  pipeline: FacePipeline,
  set: VerificationSet,
  options: VerifyPhotographsOptions = {},
): Promise<PhotographVerification> {
  requireFields("faces", pipeline, { detector: "an object", embedder: "an object" });
  requireFields("verification set", set, { imageCount: "a number", pairs: "a list", read: "a function" });
  requireKnownKeys("options of verifyPhotographs", options, { centering: true, onProgress: true, signal: true });
  const { centering = false, onProgress = () => {}, signal } = options;
  const { contract } = pipeline.embedder;
  const { flip } = contract;
  const size = embeddingLength(contract);
  const data = new Float32Array(set.imageCount * size);
  let missedImageCount = 0;
  const indices = Array.from({ length: set.imageCount }, (_, index) => index);
  const results = pipeline.stream(indices, (index) => set.read(index), {
    choose: (faces, image) => [mainFace(faces, image)].filter((face) => face !== undefined),
    ...(signal === undefined ? {} : { signal }),
  });
  for await (const result of results) {
    if (result.error !== undefined) throw result.error;
    const [face] = result.faces;
    if (face === undefined) missedImageCount++;
    else data.set(face.embedding, result.item * size);
    onProgress(result.item + 1, set.imageCount);
  }
  const embeddings = { count: set.imageCount, size, data };
  const result = verifyTenFold(embeddings, set.pairs, { flip, centering, protocol: "lfw" });
  return { ...result, imageCount: set.imageCount, missedImageCount };
}
