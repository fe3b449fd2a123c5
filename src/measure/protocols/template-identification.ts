/**
 * 1:N identification of IJB-B and IJB-C: each probe template is searched in two galleries of different people, one
 * template a person. InsightFace's script joins the galleries, so that every probe has a mate; by the benchmark's own
 * definition each gallery is searched alone, the probes of the other gallery's people have no mate, and the rates of
 * the two are averaged.
 *
 * TPIR at a FPIR has two thresholds. "By pairs", the script's: the ⌈searches · FPIR⌉-th largest of all scores of
 * probes with people they do not show. "By searches", the usual one: a search without a mate is a false positive when
 * it returns anyone, so only its largest score counts, and the threshold is the ⌈searches · FPIR⌉-th largest of
 * those. Where every search has a mate, as in joined galleries, the largest score beside the mate's stands for a
 * search. A mate is found when its score is above the threshold.
 * @see Maze et al., IARPA Janus Benchmark - C, ICB 2018, section 4.3
 * @see InsightFace, `recognition/_evaluation_/ijb/ijb_1n.py`: https://github.com/deepinsight/insightface
 */
import {
  OptionError,
  requireBetween,
  requireFields,
  requireInteger,
  requireKind,
  requireKnownKeys,
  requireObject,
} from "../../base/core/index.ts";
import { LargestScores } from "./largest-scores.ts";
import { type TemplateSet, templateProduct, templateRow } from "./templates.ts";

/** Templates, by their numbers, with the person of each. */
export type SubjectTemplates = {
  readonly templates: ArrayLike<number>;
  readonly subjects: ArrayLike<number>;
};

/** The share of mated searches with the mate among the best k, by the two rules for ties. */
export type RankRate = {
  readonly rank: number;
  /** Someone who scores as high as the mate ranks before it. */
  readonly strict: number;
  /** Someone who scores as high as the mate ranks behind it. */
  readonly lenient: number;
};

/** TPIR at a wanted FPIR. */
export type TpirPoint = {
  readonly fpir: number;
  /** A candidate counts when its score > threshold. */
  readonly threshold: number;
  /** Share of the mated searches whose mate scores above the threshold. */
  readonly tpir: number;
  /** Share of those whose mate does and is also at rank 1 (ties count against it). */
  readonly rankOneTpir: number;
};

/** Rates of all probes in one gallery. */
export type GallerySearch = {
  readonly galleryCount: number;
  readonly searchCount: number;
  /** Searches whose person is in the gallery. */
  readonly matedCount: number;
  readonly ranks: readonly RankRate[];
  readonly byPairs: readonly TpirPoint[];
  readonly bySearches: readonly TpirPoint[];
};

/** The averaged rates of several searches: without counts and thresholds, which have no mean. */
export type MeanSearch = {
  readonly ranks: readonly RankRate[];
  readonly byPairs: readonly Omit<TpirPoint, "threshold">[];
  readonly bySearches: readonly Omit<TpirPoint, "threshold">[];
};

/** The result of 1:N identification. */
export type TemplateIdentification = {
  /** In all galleries joined, as InsightFace's script searches. */
  readonly joined: GallerySearch;
  /** In each gallery alone. */
  readonly alone: readonly GallerySearch[];
  /** The mean over the galleries. */
  readonly mean: MeanSearch;
};

/** What to measure. */
export type TemplateIdentificationOptions = {
  /** Default 1, 5 and 10. */
  readonly ranks?: readonly number[];
  /** False positive identification rates, in (0, 1]; default 0.01 and 0.1. */
  readonly fpirs?: readonly number[];
  /** Called with the share of the work that is done, in [0, 1]. */
  readonly onProgress?: (done: number) => void;
};

/** One search in one gallery, reduced to what the rates need. */
type Outcome = {
  /** NaN for a search without a mate. */
  readonly mateScore: number;
  /** Others that score at least as high as the mate, and higher. */
  readonly ties: number;
  readonly above: number;
  /** The largest score of someone else. */
  readonly topOther: number;
};

/**
 * Searches every probe in each gallery and in all of them joined. Scores are inner products of unit templates in f32.
 *
 * @throws {OptionError} when a gallery is empty, has a person twice or no person of a probe, two galleries have a
 *   person in common, or a template has no image.
 */
export function identifyTemplates(
  templates: TemplateSet,
  probes: SubjectTemplates,
  galleries: readonly SubjectTemplates[],
  options: TemplateIdentificationOptions = {},
): TemplateIdentification {
  requireKnownKeys("options of identifyTemplates", options, { ranks: true, fpirs: true, onProgress: true });
  requireFields("probes", probes, { templates: "a list", subjects: "a list" });
  requireKind("galleries", galleries, "a list");
  for (const gallery of galleries) requireFields("gallery", gallery, { templates: "a list", subjects: "a list" });
  const { ranks = [1, 5, 10], fpirs = [0.01, 0.1], onProgress = () => {} } = options;
  requireObject("templates", templates);
  for (const rank of ranks) requireInteger("rank", rank, 1);
  for (const fpir of fpirs) requireBetween("fpir", fpir, Number.MIN_VALUE, 1);
  const searchCount = probes.templates.length;
  if (searchCount === 0 || galleries.length === 0) {
    throw new OptionError(`got ${searchCount} probes and ${galleries.length} galleries, expected at least one of each`);
  }
  const rows = galleries.map((gallery) => rowsOf(templates, gallery));
  const mates = matesOf(galleries);
  const wanted = Math.ceil(searchCount * Math.max(...fpirs, 0));
  const spaces = [...galleries.keys(), "joined" as const].map((space) => ({
    space,
    galleryCount: rows.reduce((sum, { length }, g) => sum + (space === "joined" || space === g ? length : 0), 0),
    pairs: new LargestScores(wanted),
    outcomes: [] as Outcome[],
  }));
  for (const [probe, row] of rowsOf(templates, probes).entries()) {
    const mate = mates.get(probes.subjects[probe]!);
    const scores = rows.map((gallery) => Float32Array.from(gallery, (other) => templateProduct(templates, row, other)));
    for (const { space, pairs, outcomes } of spaces) {
      const own = mate !== undefined && (space === "joined" || space === mate.gallery) ? mate : undefined;
      outcomes.push(outcomeOf(scores, space, own, pairs));
    }
    if (probe % 64 === 0) onProgress(probe / searchCount);
  }
  const searches = spaces.map(({ galleryCount, pairs, outcomes }) => {
    const matedCount = outcomes.reduce((sum, { mateScore }) => sum + (Number.isNaN(mateScore) ? 0 : 1), 0);
    if (matedCount === 0) throw new OptionError("no probe shows a person of the gallery, expected at least one");
    // Where every search has a mate, as in joined galleries, the largest score beside the mate's stands for a search.
    const unmated = outcomes.filter(({ mateScore }) => Number.isNaN(mateScore));
    const tops = (unmated.length === 0 ? outcomes : unmated).map(({ topOther }) => topOther);
    const searchScores = Float32Array.from(tops).sort().reverse();
    const mated = outcomes.filter(({ mateScore }) => !Number.isNaN(mateScore));
    return {
      galleryCount,
      searchCount,
      matedCount,
      ranks: ranks.map((rank) => ({
        rank,
        strict: share(mated, ({ ties }) => ties < rank),
        lenient: share(mated, ({ above }) => above < rank),
      })),
      byPairs: fpirs.map((fpir) => tpirPoint(mated, fpir, pairs.falling(), searchCount)),
      bySearches: fpirs.map((fpir) => tpirPoint(mated, fpir, searchScores, searchScores.length)),
    };
  });
  onProgress(1);
  const [joined] = searches.splice(-1);
  if (joined === undefined) throw new OptionError("internal: no search");
  return { joined, alone: searches, mean: meanOf(searches) };
}

function rowsOf(templates: TemplateSet, { templates: numbers, subjects }: SubjectTemplates): Uint32Array {
  if (numbers.length !== subjects.length) {
    throw new OptionError(`got ${subjects.length} subjects for ${numbers.length} templates, expected one for each`);
  }
  return Uint32Array.from(numbers, (number) => templateRow(templates, number));
}

/** Where a person is enrolled. */
type Mate = { readonly gallery: number; readonly index: number };

function matesOf(galleries: readonly SubjectTemplates[]): ReadonlyMap<number, Mate> {
  const mates = new Map<number, Mate>();
  for (const [gallery, { subjects }] of galleries.entries()) {
    if (subjects.length === 0) throw new OptionError("got an empty gallery, expected at least one template");
    for (const [index, subject] of Array.from(subjects).entries()) {
      if (mates.has(subject)) throw new OptionError(`subject ${subject} is enrolled twice, expected one template each`);
      mates.set(subject, { gallery, index });
    }
  }
  return mates;
}

function outcomeOf(
  scores: readonly Float32Array[],
  space: number | "joined",
  mate: Mate | undefined,
  pairs: LargestScores,
): Outcome {
  const mateScore = mate === undefined ? Number.NaN : (scores[mate.gallery]?.[mate.index] ?? Number.NaN);
  let [ties, above, topOther] = [0, 0, Number.NEGATIVE_INFINITY];
  for (const [gallery, row] of scores.entries()) {
    if (space !== "joined" && space !== gallery) continue;
    const mateIndex = mate?.gallery === gallery ? mate.index : -1;
    for (let i = 0; i < row.length; i++) {
      if (i === mateIndex) continue;
      const score = row[i]!;
      if (score >= mateScore) ties++;
      if (score > mateScore) above++;
      if (score > topOther) topOther = score;
      pairs.add(score);
    }
  }
  return { mateScore, ties, above, topOther };
}

/** TPIR with the ⌈count · fpir⌉-th of the scores of others, which fall, as threshold; −1 if fewer. */
function tpirPoint(mated: readonly Outcome[], fpir: number, others: Float32Array, count: number): TpirPoint {
  const threshold = others[Math.ceil(count * fpir) - 1] ?? -1;
  return {
    fpir,
    threshold,
    tpir: share(mated, ({ mateScore }) => mateScore > threshold),
    rankOneTpir: share(mated, ({ mateScore, ties }) => mateScore > threshold && ties === 0),
  };
}

function share(outcomes: readonly Outcome[], test: (outcome: Outcome) => boolean): number {
  return outcomes.filter(test).length / outcomes.length;
}

function meanOf(searches: readonly GallerySearch[]): MeanSearch {
  const mean = (pick: (search: GallerySearch) => number | undefined): number =>
    searches.reduce((sum, search) => sum + (pick(search) ?? Number.NaN), 0) / searches.length;
  const meanPoints = (kind: "byPairs" | "bySearches") =>
    (searches[0]?.[kind] ?? []).map(({ fpir }, i) => ({
      fpir,
      tpir: mean((search) => search[kind][i]?.tpir),
      rankOneTpir: mean((search) => search[kind][i]?.rankOneTpir),
    }));
  return {
    ranks: (searches[0]?.ranks ?? []).map(({ rank }, i) => ({
      rank,
      strict: mean((search) => search.ranks[i]?.strict),
      lenient: mean((search) => search.ranks[i]?.lenient),
    })),
    byPairs: meanPoints("byPairs"),
    bySearches: meanPoints("bySearches"),
  };
}
