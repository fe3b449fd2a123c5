import { OptionError, requireBetween, requireInteger, requireKnownKeys, requireObject } from "../../base/core/index.ts";
import { type Interval, wilsonInterval } from "./confidence.ts";
import type { SearchOutcomes } from "./search-gallery.ts";
import { countFrom, lowestThreshold, ruleOfTen, tooFew } from "./tar-at-far.ts";

/**
 * Cumulative match characteristic of closed-set identification: element k − 1 is the rank-k rate, the share of probes
 * whose mate is among the k best identities. It rises, and is 1 from k = `identityCount` on.
 *
 * @param maximumRank length of the curve, default the number of enrolled identities.
 * @throws {OptionError} when there are no probes, or one has no mate: then the set is open.
 */
export function cmcCurve(outcomes: SearchOutcomes, maximumRank = outcomes?.identityCount): Float64Array {
  requireOutcomes(outcomes);
  const { ranks } = outcomes;
  requireInteger("maximumRank", maximumRank, 1);
  if (ranks.length === 0) throw new OptionError("got no probes, expected at least one");
  const open = ranks.indexOf(0);
  if (open >= 0) {
    throw new OptionError(`probe ${open} has no mate in the gallery: leave it out, or use openSetIdentification`);
  }
  const counts = new Uint32Array(maximumRank);
  for (const rank of ranks) if (rank <= maximumRank) counts[rank - 1]!++;
  let found = 0;
  return Float64Array.from(counts, (count) => {
    found += count;
    return found / ranks.length;
  });
}

/** Open-set identification at one threshold, with the counts that it was measured on. */
export type IdentificationPoint = {
  /** Requested false positive identification rate; the measured one is falsePositiveCount / nonMatedCount. */
  readonly fpir: number;
  /** A candidate counts when its cosine ≥ threshold. */
  readonly threshold: number;
  /** False negative identification rate: the share of mated probes whose mate is not returned. */
  readonly fnir: number;
  /** True positive identification rate, 1 − FNIR: what IJB reports. */
  readonly tpir: number;
  /** Wilson's interval for `fnir` at 95 %. */
  readonly fnirInterval: Interval;
  readonly topRank: number;
  readonly missCount: number;
  readonly matedCount: number;
  readonly falsePositiveCount: number;
  readonly nonMatedCount: number;
  /** Set when there are fewer than 10 / `fpir` probes without a mate: the number is then unreliable. */
  readonly warning?: string;
};

/**
 * FNIR at a FPIR. The threshold is the lowest (f32) at which at most `fpir` of the probes without a mate return any
 * candidate; a mated probe is missed unless its mate is among the `topRank` best and its score ≥ threshold.
 *
 * `topRank` = 1, the default, gives the TPIR@FPIR of the IJB protocols; with ∞ only the threshold decides. With
 * `fpir` = 1 there is no threshold (−1): FNIR is then the miss rate at `topRank`, as in an investigation.
 *
 * @throws {OptionError} when `fpir` < 1 / (number of probes without a mate): too few to measure it. Also when there
 *   are no probes with a mate, or no probes without one.
 * @see Grother et al., Face Recognition Vendor Test part 2: Identification, NIST IR 8271:
 *   https://doi.org/10.6028/NIST.IR.8271
 * @see Maze et al., IARPA Janus Benchmark - C, ICB 2018, section 4.3
 */
export function openSetIdentification(
  outcomes: SearchOutcomes,
  fpir: number,
  options: { readonly topRank?: number } = {},
): IdentificationPoint {
  requireKnownKeys("options of openSetIdentification", options, { topRank: true });
  const { topRank = 1 } = options;
  requireOutcomes(outcomes);
  const { ranks, mateScores, topScores } = outcomes;
  requireBetween("fpir", fpir, 0, 1);
  requireBetween("topRank", topRank, 1, Number.POSITIVE_INFINITY);
  const nonMated = topScores.filter((_, probe) => ranks[probe] === 0).sort();
  const matedCount = ranks.length - nonMated.length;
  if (matedCount === 0 || nonMated.length === 0) {
    const got = `${matedCount} probes with a mate and ${nonMated.length} without`;
    throw new OptionError(`got ${got}, expected at least one of each`);
  }
  const reason = tooFew(fpir, nonMated.length, "probes without a mate");
  if (reason !== undefined) throw new OptionError(`${reason}`);
  const threshold = lowestThreshold(nonMated, fpir) ?? -1;
  let missCount = 0;
  for (const [probe, rank] of ranks.entries()) {
    if (rank > 0 && !(rank <= topRank && mateScores[probe]! >= threshold)) missCount++;
  }
  const warning = ruleOfTen(fpir, nonMated.length, "probes without a mate");
  return {
    fpir,
    threshold,
    fnir: missCount / matedCount,
    tpir: (matedCount - missCount) / matedCount,
    fnirInterval: wilsonInterval({ successes: missCount, trials: matedCount }),
    topRank,
    missCount,
    matedCount,
    falsePositiveCount: countFrom(nonMated, threshold),
    nonMatedCount: nonMated.length,
    ...(warning !== undefined && { warning }),
  };
}

/** @throws {OptionError} unless the value is the result of a search. */
function requireOutcomes(outcomes: SearchOutcomes): void {
  requireObject("search outcomes", outcomes);
  if (!(outcomes.ranks instanceof Uint32Array)) {
    throw new OptionError("search outcomes: got no ranks, expected the result of searchGallery");
  }
}
