import { bestPacking } from "./best-packing.ts";
import { exactScale, logOdds, necessaryScale, requireSphereSize, type SphereSize } from "./bounds.ts";

/** The paper's margin, which is kept wherever the sphere has room for it. */
const PAPER_MARGIN = 0.35;

/** The paper's scale, and the largest that is chosen: beyond it, only samples at the very boundary have a gradient. */
const LARGEST_SCALE = 64;

/** The share of the possible margin that is asked for. The scale needed grows as 1/(1 − share): here, three times. */
const MARGIN_SHARE = 2 / 3;

/** The posterior that class centers and good samples shall reach, unless the caller says otherwise. */
export const DEFAULT_POSTERIOR = 0.9;

/**
 * A margin for `--margin auto`, and why: the paper's 0.35, but at most two thirds of what the best arrangement known
 * leaves. For the paper's toy (8 identities, 2 dimensions) that gives 0.19, and the paper's largest choice was 0.2.
 *
 * @throws {OptionError} when an argument is out of range.
 */
export function chooseMargin(size: SphereSize): { readonly margin: number; readonly reason: string } {
  const packing = bestPacking(size);
  const share = packing.margin * MARGIN_SHARE;
  const sphere = describeSize(size);
  if (share >= PAPER_MARGIN) {
    return {
      margin: PAPER_MARGIN,
      reason: `margin ${PAPER_MARGIN}: the paper's; ${sphere} leave room for ${show(packing.margin)} (${packing.method})`,
    };
  }
  const margin = floorToTwoDigits(share);
  return {
    margin,
    reason: `margin ${margin}: two thirds of the ${show(packing.margin)} that ${sphere} leave (${packing.method}), since the paper's ${PAPER_MARGIN} does not fit well`,
  };
}

/**
 * A scale for `--scale auto`, and why: the larger of what the class centers need to reach the posterior P, and what a
 * sample at 45° from its own center and at 90° from the others needs, ln((C−1)P/(1−P)) / (cos 45° − m). The second,
 * with P = ½ and m = 0, is AdaCos' √2·ln(C−1). It gives 32 for CASIA-WebFace's 10,575 identities at m = 0.35, where
 * reproductions of the paper use 30, and 16 without margin, where the ArcFace paper found 20 better than 64.
 *
 * At most 64, the paper's, whatever is needed.
 *
 * @throws {OptionError} when an argument is out of range.
 */
export function chooseScale(options: SphereSize & { readonly margin?: number; readonly posterior?: number }): {
  readonly scale: number;
  readonly reason: string;
} {
  const { identities, margin = 0, posterior = DEFAULT_POSTERIOR } = options;
  requireSphereSize("chooseScale", options);
  const exact = exactScale({ ...options, margin, posterior });
  if (exact === "impossible") {
    return {
      scale: LARGEST_SCALE,
      reason: `scale ${LARGEST_SCALE}: the paper's; no scale gives every class center the posterior ${posterior} with margin ${margin}`,
    };
  }
  const centers = exact ?? necessaryScale({ ...options, margin, posterior });
  // With a margin beyond cos 45°, no scale serves such a sample: what the centers need is all that is left to go by.
  const room = Math.SQRT1_2 - margin;
  const sample = room > 0 ? logOdds(identities, posterior) / room : 0;
  const needed = Math.max(centers, sample);
  const who =
    centers >= sample
      ? `what class centers need for the posterior ${posterior} with margin ${margin}`
      : `what a sample at 45° from its center needs for the posterior ${posterior} with margin ${margin}`;
  if (needed > LARGEST_SCALE) {
    return {
      scale: LARGEST_SCALE,
      reason: `scale ${LARGEST_SCALE}: the paper's, the largest that trains well; ${show(needed)} is ${who}`,
    };
  }
  const scale = Math.max(1, Math.ceil(needed * 10) / 10);
  return { scale, reason: `scale ${scale}: ${who} (${describeSize(options)})` };
}

/** "8 identities in 2 dimensions". */
export function describeSize({ identities, dimension }: SphereSize): string {
  return `${identities} identities in ${dimension} dimensions`;
}

/** A number for a sentence: four significant digits, without trailing zeros. */
export function show(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function floorToTwoDigits(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.floor(value / unit) * unit).toPrecision(2));
}
