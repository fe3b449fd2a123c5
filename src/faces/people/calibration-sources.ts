/**
 * The photographs that a calibration was measured on, by source. A source is a set of photographs that were taken
 * alike: one camera, one collection, one kind of scene. The rates of one threshold differ between sources, so every
 * answer says which ones its threshold comes from.
 */
import { requireKind } from "../../base/core/index.ts";
import type { SourceCurve } from "../../measure/eval/index.ts";

/** The photographs that a threshold was measured on. */
export type CalibrationPhotographs = {
  /** The photographs in words, such as "LFW, aligned photographs". */
  readonly measuredOn: string;
  /** The detector that found the faces; null where the images were aligned already. */
  readonly detector: string | null;
  /** Day of the measurement, such as "2026-11-24". */
  readonly date: string;
  readonly identityCount: number;
  readonly imageCount: number;
};

/** The photographs of one source, and the rates that were measured on them. */
export type CalibratedSource = CalibrationPhotographs & SourceCurve;

/** One source of a threshold, as answers and pages name it. */
export type ThresholdSource = {
  /** The photographs in words, such as "LFW, aligned photographs". */
  readonly name: string;
  readonly identityCount: number;
  readonly imageCount: number;
  /** Pairs of different images that were compared, genuine and impostor; null where it was not recorded. */
  readonly pairCount: number | null;
};

/** The photographs of a threshold that was measured earlier; `sources` where they came from several. */
export type KeptPhotographs = CalibrationPhotographs & { readonly sources?: readonly ThresholdSource[] };

/** What answers say of a source. */
export function thresholdSource(
  source: CalibrationPhotographs & { readonly genuineCount?: number; readonly impostorCount?: number },
): ThresholdSource {
  const { measuredOn: name, identityCount, imageCount, genuineCount, impostorCount } = source;
  const pairCount = genuineCount === undefined || impostorCount === undefined ? null : genuineCount + impostorCount;
  return { name, identityCount, imageCount, pairCount };
}

/** The sources in words: "LFW (844 people) and photographs of ours (90 people)". */
export function describeSources(sources: readonly ThresholdSource[]): string {
  requireKind("sources", sources, "a list");
  const each = sources.map(({ name, identityCount }) => `${name} (${identityCount} people)`);
  return each.length < 2 ? each.join("") : `${each.slice(0, -1).join(", ")} and ${each.at(-1)}`;
}

/** The photographs of all sources together; one source's own. */
export function photographsOf(sources: readonly CalibrationPhotographs[]): CalibrationPhotographs {
  const distinct = (text: (source: CalibrationPhotographs) => string | null) => [
    ...new Set(sources.map(text).filter((value) => value !== null)),
  ];
  const sumOf = (count: (source: CalibrationPhotographs) => number) =>
    sources.reduce((sum, one) => sum + count(one), 0);
  return {
    measuredOn: distinct(({ measuredOn }) => measuredOn).join("; "),
    detector: distinct(({ detector }) => detector).join("; ") || null,
    date:
      distinct(({ date }) => date)
        .sort()
        .at(-1) ?? "",
    identityCount: sumOf(({ identityCount }) => identityCount),
    imageCount: sumOf(({ imageCount }) => imageCount),
  };
}
