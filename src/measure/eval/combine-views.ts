import { OptionError, ShapeError } from "../../base/core/index.ts";
import type { Embeddings } from "./embeddings.ts";

/**
 * What becomes of the embedding of an image's mirror image: it is left out, appended, or added.
 *
 * For views a and b, `concat` scores a pair by Σ⟨aᵢ, bᵢ⟩ over the two views, and `sum` also by the cross terms; the
 * numbers differ, so a score must name its rule.
 */
export type FlipRule = "none" | "concat" | "sum";

/**
 * Embeddings of images → embeddings of images and their mirror images: [count, size] for "none" and "sum",
 * [count, 2 · size] for "concat".
 *
 * Nothing is normalized here, neither the views nor the result: SphereFace and CosFace join the network's outputs as
 * they are, InsightFace adds them as they are, and centering needs them so. A view with the longer embedding therefore
 * weighs more. The cosine divides by the length afterwards; elsewhere use {@link normalizeEmbeddings}.
 *
 * @throws {OptionError} when the rule needs mirror images and there are none.
 * @throws {ShapeError} when the views differ in shape.
 * @see Wang et al., CosFace, CVPR 2018, section 4.1 (concat): https://arxiv.org/abs/1801.09414
 * @see InsightFace, `eval/verification.py` (sum): https://github.com/deepinsight/insightface
 */
export function combineViews(original: Embeddings, flipped: Embeddings | undefined, flip: FlipRule): Embeddings {
  if (flip === "none") return original;
  if (flipped === undefined) {
    throw new OptionError(`combineViews: got no embeddings of mirror images, expected them for flip '${flip}'`);
  }
  const { count, size, data } = original;
  if (flipped.count !== count || flipped.size !== size) {
    const got = `[${count},${size}] and [${flipped.count},${flipped.size}]`;
    throw new ShapeError(`combineViews: the views differ in shape: got ${got}, expected the same`);
  }
  if (flip === "sum") return { count, size, data: data.map((value, i) => value + flipped.data[i]!) };
  const joined = new Float32Array(2 * data.length);
  for (let row = 0; row < count; row++) {
    joined.set(data.subarray(row * size, (row + 1) * size), 2 * row * size);
    joined.set(flipped.data.subarray(row * size, (row + 1) * size), (2 * row + 1) * size);
  }
  return { count, size: 2 * size, data: joined };
}
