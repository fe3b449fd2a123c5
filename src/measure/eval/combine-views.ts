import { OptionError, requireObject, ShapeError } from "../../base/core/index.ts";
import { type Embeddings, rowOf, squaredLengths } from "./embeddings.ts";

/**
 * How the embedding of an image's mirror image is used: not at all, appended, or added.
 *
 * For images a and b with views i, `concat` scores a pair by Σ⟨aᵢ, bᵢ⟩ over the two views, and `sum` adds the
 * cross terms. The numbers differ, so a score must state its rule.
 */
export type FlipRule = "none" | "concat" | "sum";

/**
 * Embeddings of images → embeddings of images and their mirror images: [count, size] for "none" and "sum",
 * [count, 2 · size] for "concat".
 *
 * Neither the views nor the result are normalized: SphereFace and CosFace concatenate the network's raw outputs,
 * InsightFace adds them, and centering needs raw features. A view with a longer embedding therefore weighs more. The
 * cosine divides by the length later; for other uses call {@link normalizeEmbeddings}.
 *
 * @throws {OptionError} when the rule needs embeddings of mirror images and there are none.
 * @throws {ShapeError} when the views differ in shape.
 * @see Wang et al., CosFace, CVPR 2018, section 4.1 (concat): https://arxiv.org/abs/1801.09414
 * @see InsightFace, `eval/verification.py` (sum): https://github.com/deepinsight/insightface
 */
export function combineViews(original: Embeddings, flipped: Embeddings | undefined, flip: FlipRule): Embeddings {
  requireObject("embeddings", original);
  if (flip === "none") return original;
  squaredLengths("embeddings", original);
  if (flipped === undefined) {
    throw new OptionError(`got no embeddings of mirror images, expected them for flip '${flip}'`);
  }
  const { count, size, data } = original;
  if (flipped.count !== count || flipped.size !== size) {
    const got = `[${count},${size}] and [${flipped.count},${flipped.size}]`;
    throw new ShapeError(`the views differ in shape: got ${got}, expected the same`);
  }
  if (flip === "sum") return { count, size, data: data.map((value, i) => value + flipped.data[i]!) };
  const joined = new Float32Array(2 * data.length);
  for (let row = 0; row < count; row++) {
    joined.set(rowOf(original, row), 2 * row * size);
    joined.set(rowOf(flipped, row), (2 * row + 1) * size);
  }
  return { count, size: 2 * size, data: joined };
}
