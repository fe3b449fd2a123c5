import {
  DEFAULT_POSTERIOR,
  marginUpperBound,
  necessaryScale,
  type SphereSize,
} from "../../measure/hypersphere/index.ts";
import { type LossOptions, PAPER_MARGIN, PAPER_SCALE } from "../losses/index.ts";

/**
 * Why a margin or a scale cannot work, in a sentence, for the losses that the bounds speak of: CosFace and NSL. Nothing
 * where they can, and where embeddings keep their norm.
 */
export function lossNotes({ name, margin, scale = PAPER_SCALE }: LossOptions, size: SphereSize): string[] {
  if ((name !== "cosface" && name !== "nsl") || scale === "norm") return [];
  const effective = name === "cosface" ? (margin ?? PAPER_MARGIN) : 0;
  const bound = marginUpperBound(size);
  const where = `${size.identities} identities in ${size.dimension} dimensions`;
  if (effective > bound.value) {
    return [
      `margin ${effective} cannot be met: ${where} leave at most ${bound.value.toFixed(3)} (${bound.kind}); see cosface bounds`,
    ];
  }
  const needed = necessaryScale({ ...size, margin: effective, posterior: DEFAULT_POSTERIOR });
  if (scale >= needed) return [];
  const least = Number.isFinite(needed) ? `at least ${needed.toFixed(1)}` : "more than any scale";
  return [
    `scale ${scale} is too small: ${where} need ${least} for margin ${effective} and posterior ${DEFAULT_POSTERIOR}; see cosface bounds`,
  ];
}
