import { requireBetween, requirePositive } from "../../base/core/index.ts";
import { type BestPacking, bestPacking } from "./best-packing.ts";
import {
  exactScale,
  logOdds,
  type MarginBound,
  type MarginBoundKind,
  marginUpperBound,
  necessaryScale,
  requireSphereSize,
  type SphereSize,
  scaleLowerBound,
} from "./bounds.ts";
import { chooseMargin, chooseScale, describeSize, show } from "./choose.ts";

/** A number of identities, an embedding size and a posterior, with the margin and scale to judge. */
export type DescribeBoundsOptions = SphereSize & {
  /** The posterior P_W that class centers should reach, in (0, 1). */
  readonly posterior: number;
  /** The margin to judge; `scaleExact` is for this margin, or for 0 without one. */
  readonly margin?: number;
  /** The scale to judge. */
  readonly scale?: number;
};

/** Bounds of s and m, for `cosface bounds` and its `--json`. */
export type BoundsReport = {
  /** Eq. 6, without margin. */
  readonly scaleLowerBound: number;
  /** The smallest scale for the given margin: "impossible" if no scale is enough, null if it is unknown. */
  readonly scaleExact: number | "impossible" | null;
  readonly marginUpperBound: number;
  readonly marginUpperBoundKind: MarginBoundKind;
  readonly packing: BestPacking;
  /** Sentences that judge the given margin and scale, or suggest them. */
  readonly advice: readonly string[];
};

/** The exact smallest scale if known, and an arrangement from which a sufficient scale follows. */
type ScaleFacts = { readonly exact: number | "impossible" | null; readonly packing: BestPacking };

/** A scale above this multiple of the suggested one is called large. */
const LARGE_SCALE_FACTOR = 3;

/**
 * Bounds, best packing and advice about scale and margin for a number of identities and an embedding dimension.
 *
 * @throws {OptionError} when an argument is out of range.
 */
export function describeBounds(options: DescribeBoundsOptions): BoundsReport {
  requireSphereSize(options);
  const { identities, dimension, posterior, margin, scale } = options;
  if (margin !== undefined) requireBetween("margin", margin, 0, 2);
  if (scale !== undefined) requirePositive("scale", scale);
  const size = { identities, dimension };
  const lowerBound = scaleLowerBound({ identities, posterior });
  const bound = marginUpperBound(size);
  const packing = bestPacking(size);
  const exact = exactScale({ ...size, posterior, margin: margin ?? 0 });
  return {
    scaleLowerBound: lowerBound,
    scaleExact: exact,
    marginUpperBound: bound.value,
    marginUpperBoundKind: bound.kind,
    packing,
    advice: [
      adviceOnCrowding(options, lowerBound),
      margin === undefined ? suggest(chooseMargin(size).reason) : adviceOnMargin(margin, size, bound, packing),
      scale === undefined ? adviceOnMissingScale(options) : adviceOnScale(scale, options, { exact, packing }),
    ],
  };
}

function adviceOnCrowding({ identities, dimension, posterior }: DescribeBoundsOptions, lowerBound: number): string {
  const size = describeSize({ identities, dimension });
  if (identities <= dimension + 1) {
    return `${size} can form a simplex, for which Eq. 6 is exact: without a margin, a scale of ${show(lowerBound)} gives the class centers the posterior ${posterior}.`;
  }
  const exact = exactScale({ identities, dimension, posterior });
  const known = typeof exact === "number" ? `; the exact smallest scale without a margin is ${show(exact)}` : "";
  return `${size} are more than the ${dimension + 1} of a simplex, so the scale of Eq. 6 (${show(lowerBound)}) is necessary but not sufficient${known}.`;
}

function adviceOnMargin(margin: number, size: SphereSize, bound: MarginBound, packing: BestPacking): string {
  const largest = `the largest possible is ${bound.tight ? "" : "below "}${show(bound.value)} (${bound.kind})`;
  if (margin > bound.value) {
    return `Margin ${margin} is impossible for ${describeSize(size)}: ${largest}. ${suggest(chooseMargin(size).reason)}`;
  }
  if (margin > packing.margin) {
    return `Margin ${margin} exceeds that of the best known arrangement (${show(packing.margin)}, ${packing.method}), but not the theoretical limit: ${largest}.`;
  }
  const share = margin / packing.margin;
  if (share > 0.9) {
    return `Margin ${margin} is ${Math.floor(share * 100)} % of the largest margin that the class centers allow, so the necessary scale is ${share < 1 ? `about ${show(1 / (1 - share))} times that without a margin` : "unbounded"}: ${largest}.`;
  }
  return `Margin ${margin} is possible: ${largest}, and a known arrangement allows ${show(packing.margin)} (${packing.method}).`;
}

function adviceOnScale(scale: number, options: DescribeBoundsOptions, report: ScaleFacts): string {
  const { identities, posterior, margin = 0 } = options;
  const goal = `the posterior ${posterior} with margin ${margin}`;
  const necessary = necessaryScale(options);
  if (report.exact === "impossible" || necessary === Number.POSITIVE_INFINITY) {
    return `No scale gives every class center ${goal}: lower the margin.`;
  }
  const needed = report.exact ?? necessary;
  const least = report.exact === null ? `at least ${show(needed)}` : show(needed);
  if (scale < needed) return `Scale ${scale} is too small: class centers need ${least} for ${goal}.`;
  const chosen = chooseScale(options);
  if (scale > LARGE_SCALE_FACTOR * chosen.scale) {
    return `Scale ${scale} is large: class centers need ${least} for ${goal}, and far above that only samples near the boundary have a gradient. ${suggest(chosen.reason)}`;
  }
  if (report.exact !== null) return `Scale ${scale} is enough: class centers need ${least} for ${goal}.`;
  // If all other centers are at least as far away as in the packing, this scale is enough for every arrangement.
  const room = report.packing.margin - margin;
  const sufficient = room > 0 ? Math.max(0, logOdds(identities, posterior) / room) : Number.POSITIVE_INFINITY;
  if (scale >= sufficient) {
    return `Scale ${scale} is enough: class centers need ${least} for ${goal}, and ${show(sufficient)} is certainly enough.`;
  }
  return `Scale ${scale} may be enough: class centers need ${least} for ${goal}, but no known arrangement proves it.`;
}

function adviceOnMissingScale(options: DescribeBoundsOptions): string {
  const margin = options.margin ?? chooseMargin(options).margin;
  return suggest(chooseScale({ ...options, margin }).reason);
}

function suggest(reason: string): string {
  return `Suggested: ${reason}.`;
}
