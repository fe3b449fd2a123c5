import { requireBetween, requirePositive } from "../../base/core/index.ts";
import { type BestPacking, bestPacking } from "./best-packing.ts";
import {
  exactScale,
  logOdds,
  type MarginBound,
  type MarginBoundKind,
  marginUpperBound,
  necessaryScale,
  type SphereSize,
  scaleLowerBound,
} from "./bounds.ts";
import { chooseMargin, chooseScale, describeSize, show } from "./choose.ts";

/** A number of identities, an embedding size, a posterior, and what shall be judged. */
export type DescribeBoundsOptions = SphereSize & {
  /** The posterior P_W that class centers shall reach, in (0, 1). */
  readonly posterior: number;
  /** The margin to judge; `scaleExact` is for this margin, or for 0 without one. */
  readonly margin?: number;
  /** The scale to judge. */
  readonly scale?: number;
};

/** What s and m may be, for people and for `cosface bounds --json`. */
export type BoundsReport = {
  /** Eq. 6, without margin. */
  readonly scaleLowerBound: number;
  /** The smallest scale for the margin given: "impossible" if none is enough, null if it is not known. */
  readonly scaleExact: number | "impossible" | null;
  readonly marginUpperBound: number;
  readonly marginUpperBoundKind: MarginBoundKind;
  readonly packing: BestPacking;
  /** Plain sentences: what the numbers mean for the margin and scale given, or which to choose. */
  readonly advice: readonly string[];
};

/** What is known about the scale: the exact smallest one, and an arrangement for which to find one that suffices. */
type ScaleFacts = { readonly exact: number | "impossible" | null; readonly packing: BestPacking };

/** A scale beyond this multiple of the one that would be chosen is called large. */
const LARGE_SCALE_FACTOR = 3;

/**
 * Everything known about scale and margin for a number of identities and an embedding dimension.
 *
 * @throws {OptionError} when an argument is out of range.
 */
export function describeBounds(options: DescribeBoundsOptions): BoundsReport {
  const { identities, dimension, posterior, margin, scale } = options;
  if (margin !== undefined) requireBetween("describeBounds: margin", margin, 0, 2);
  if (scale !== undefined) requirePositive("describeBounds: scale", scale);
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
    return `${size} fit a simplex, where Eq. 6 is exact: without a margin, a scale of ${show(lowerBound)} gives the class centers the posterior ${posterior}.`;
  }
  const exact = exactScale({ identities, dimension, posterior });
  const known = typeof exact === "number" ? `; the exact smallest scale without a margin is ${show(exact)}` : "";
  return `${size} are more than the ${dimension + 1} that fit a simplex, so Eq. 6 (${show(lowerBound)}) is necessary but not sufficient${known}.`;
}

function adviceOnMargin(margin: number, size: SphereSize, bound: MarginBound, packing: BestPacking): string {
  const largest = `the largest possible is ${bound.tight ? "" : "below "}${show(bound.value)} (${bound.kind})`;
  if (margin > bound.value) {
    return `Margin ${margin} cannot be met by ${describeSize(size)}: ${largest}. ${suggest(chooseMargin(size).reason)}`;
  }
  if (margin > packing.margin) {
    return `Margin ${margin} is beyond the best arrangement known (${show(packing.margin)}, ${packing.method}), though not beyond theory: ${largest}.`;
  }
  const share = margin / packing.margin;
  if (share > 0.9) {
    return `Margin ${margin} takes ${Math.floor(share * 100)} % of what the class centers can leave, so the scale needed is ${share < 1 ? `about ${show(1 / (1 - share))} times that without a margin` : "without limit"}: ${largest}.`;
  }
  return `Margin ${margin} can be met: ${largest}, and an arrangement is known that leaves ${show(packing.margin)} (${packing.method}).`;
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
  // With all other centers no nearer than in the packing, this scale is enough whatever their exact places.
  const room = report.packing.margin - margin;
  const sufficient = room > 0 ? Math.max(0, logOdds(identities, posterior) / room) : Number.POSITIVE_INFINITY;
  if (scale >= sufficient) {
    return `Scale ${scale} is enough: class centers need ${least} for ${goal}, and ${show(sufficient)} is surely enough.`;
  }
  return `Scale ${scale} may be enough: class centers need ${least} for ${goal}, but no arrangement is known for which it suffices.`;
}

function adviceOnMissingScale(options: DescribeBoundsOptions): string {
  const margin = options.margin ?? chooseMargin(options).margin;
  return suggest(chooseScale({ ...options, margin }).reason);
}

function suggest(reason: string): string {
  return `Suggested: ${reason}.`;
}
