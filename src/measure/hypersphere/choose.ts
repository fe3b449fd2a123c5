import { bestPacking } from "./best-packing.ts";
import { exactScale, logOdds, necessaryScale, requireSphereSize, type SphereSize } from "./bounds.ts";

/** The paper's margin, which is used wherever the sphere has room for it. */
const PAPER_MARGIN = 0.35;

/** The paper's scale, and the largest that is chosen: above it, only samples at the boundary have a gradient. */
const LARGEST_SCALE = 64;

/** Share of the possible margin that is chosen. The necessary scale grows by 1/(1 − share): here, three times. */
const MARGIN_SHARE = 2 / 3;

/** Default posterior that class centers and good samples should reach. */
export const DEFAULT_POSTERIOR = 0.9;

/**
 * The margin for `--margin auto`, with its reason: the paper's 0.35, but at most two thirds of the margin of the best
 * known arrangement. For the paper's toy (8 identities, 2 dimensions) that gives 0.19; the paper's largest choice was
 * 0.2.
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
      reason: `margin ${PAPER_MARGIN}: the value of the paper; ${sphere} allow up to ${show(packing.margin)} (${packing.method})`,
    };
  }
  const margin = floorToTwoDigits(share);
  return {
    margin,
    reason: `margin ${margin}: two thirds of the ${show(packing.margin)} that ${sphere} allow (${packing.method}), because the paper's ${PAPER_MARGIN} is too large for them`,
  };
}

/**
 * The scale for `--scale auto`, with its reason: the larger of the scale that class centers need to reach the posterior
 * P, and the scale that a sample at 45° from its own center and 90° from the others needs,
 * ln((C−1)P/(1−P)) / (cos 45° − m). With P = ½ and m = 0 the second is AdaCos' √2·ln(C−1). The result is
 * 32 for the 10,575 identities of CASIA-WebFace at m = 0.35, where reproductions of the paper use 30, and 16 without
 * margin, where the ArcFace paper found 20 better than 64. It is never above 64, the paper's scale.
 *
 * @throws {OptionError} when an argument is out of range.
 */
export function chooseScale(options: SphereSize & { readonly margin?: number; readonly posterior?: number }): {
  readonly scale: number;
  readonly reason: string;
} {
  requireSphereSize(options);
  const { identities, margin = 0, posterior = DEFAULT_POSTERIOR } = options;
  const exact = exactScale({ ...options, margin, posterior });
  if (exact === "impossible") {
    return {
      scale: LARGEST_SCALE,
      reason: `scale ${LARGEST_SCALE}: the value of the paper; no scale gives every class center the posterior ${posterior} with margin ${margin}`,
    };
  }
  const centers = exact ?? necessaryScale({ ...options, margin, posterior });
  // With a margin above cos 45°, no scale is enough for such a sample, so only the centers decide.
  const room = Math.SQRT1_2 - margin;
  const sample = room > 0 ? logOdds(identities, posterior) / room : 0;
  const needed = Math.max(centers, sample);
  const who = centers >= sample ? "class centers" : "a sample at 45° from its center";
  const need = `needed by ${who} for the posterior ${posterior} with margin ${margin}`;
  if (needed > LARGEST_SCALE) {
    return {
      scale: LARGEST_SCALE,
      reason: `scale ${LARGEST_SCALE}: the value of the paper and the largest that trains well, although ${show(needed)} would be ${need}`,
    };
  }
  const scale = Math.max(1, Math.ceil(needed * 10) / 10);
  return { scale, reason: `scale ${scale}: ${need} (${describeSize(options)})` };
}

/** Text such as "8 identities in 2 dimensions". */
export function describeSize({ identities, dimension }: SphereSize): string {
  return `${identities} identities in ${dimension} dimensions`;
}

/** A number as text: four significant digits, without trailing zeros. */
export function show(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function floorToTwoDigits(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.floor(value / unit) * unit).toPrecision(2));
}
