import {
  DEFAULT_POSTERIOR,
  marginUpperBound,
  necessaryScale,
  type SphereSize,
} from "../../measure/hypersphere/index.ts";

/**
 * Why a cosine margin or a scale cannot work for so many identities, in a sentence; no sentence where they can. For
 * losses with the logits s · (cos θ_j − m · [j = y]), for which the bounds are derived.
 */
export function boundNotes(size: SphereSize, margin: number, scale: number): string[] {
  const bound = marginUpperBound(size);
  const where = `${size.identities} identities in ${size.dimension} dimensions`;
  if (margin > bound.value) {
    return [
      `margin ${margin} cannot be met: ${where} leave at most ${bound.value.toFixed(3)} (${bound.kind}); see cosface bounds`,
    ];
  }
  const needed = necessaryScale({ ...size, margin, posterior: DEFAULT_POSTERIOR });
  if (scale >= needed) return [];
  const least = Number.isFinite(needed) ? `at least ${needed.toFixed(1)}` : "more than any scale";
  return [
    `scale ${scale} is too small: ${where} need ${least} for margin ${margin} and posterior ${DEFAULT_POSTERIOR}; see cosface bounds`,
  ];
}
