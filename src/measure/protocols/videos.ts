/**
 * Videos as YouTube Faces scores them: the mean of the frames' embeddings, or the mean similarity of frames.
 *
 * The mean cosine of all pairs of frames of two videos is the inner product of the means of their unit vectors:
 * Σᵢⱼ⟨aᵢ, bⱼ⟩ / nm = ⟨Σaᵢ/n, Σbⱼ/m⟩, so frames need not be paired one by one.
 * @see Schroff et al., FaceNet, CVPR 2015, section 5.7: https://arxiv.org/abs/1503.03832
 */
import { OptionError, requireFields, requireKind } from "../../base/core/index.ts";
import { type Embeddings, normalizeEmbeddings, type VerificationPair } from "../eval/index.ts";

/**
 * The mean cosine of all pairs of frames, for each pair of videos. Frames of zeros, in which no face was found, do not
 * count; a video without any has score 0.
 *
 * @param videoOf the video of each row.
 * @throws {OptionError} when counts differ, or a row is not finite.
 */
export function meanFrameCosines(
  frames: Embeddings,
  videoOf: Uint32Array,
  videoCount: number,
  pairs: readonly Pick<VerificationPair, "left" | "right">[],
): Float32Array {
  requireFields("frames", frames, { count: "a number", size: "a number", data: "a list" });
  requireKind("videos", videoOf, "a list");
  requireKind("pairs", pairs, "a list");
  if (videoOf.length !== frames.count) {
    throw new OptionError(`got videos of ${videoOf.length} frames, expected one for each of ${frames.count}`);
  }
  const { size, data } = normalizeEmbeddings(frames);
  const means = Array.from({ length: videoCount }, () => new Float64Array(size));
  const counts = new Uint32Array(videoCount);
  for (const [row, video] of videoOf.entries()) {
    const unit = data.subarray(row * size, (row + 1) * size);
    if (unit.every((value) => value === 0)) continue;
    counts[video]!++;
    for (const [i, value] of unit.entries()) means[video]![i]! += value;
  }
  return Float32Array.from(pairs, ({ left, right }) => {
    const [a, b] = [means[left], means[right]];
    if (a === undefined || b === undefined) throw new OptionError("got a pair of videos that have no frames");
    const frameCount = (counts[left] ?? 0) * (counts[right] ?? 0);
    const sum = a.reduce((total, value, i) => total + value * (b[i] ?? 0), 0);
    return frameCount === 0 ? 0 : Math.min(1, Math.max(-1, sum / frameCount));
  });
}
