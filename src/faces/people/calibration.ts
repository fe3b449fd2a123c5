/**
 * A calibration gives scores a meaning. A cosine of 0.4 by itself says nothing: with one network it is a non-mate's,
 * with another the same person's. A calibration states, for one model, which share of impostor pairs each threshold
 * accepts; with it an answer reads "accepted at FAR 1e-3".
 */
import {
  CalibrationError,
  OptionError,
  requireBetween,
  requireFields,
  requireKind,
  requireKnownKeys,
  requireObject,
} from "../../base/core/index.ts";
import {
  calibratePeople,
  calibrateSources,
  crossPairs,
  type LabeledEmbeddings,
  type PeopleThreshold,
  type Refusal,
  type SourceCurve,
  shareForCalibration,
  shareForSource,
  sourceCurve,
} from "../../measure/eval/index.ts";
import {
  type CalibratedSource,
  type CalibrationPhotographs,
  type KeptPhotographs,
  photographsOf,
  type ThresholdSource,
  thresholdSource,
} from "./calibration-sources.ts";
import { DEFAULT_FARS } from "./names.ts";

/** A threshold, or why the pairs do not support one. `keptFrom` is set where an earlier measurement was kept. */
export type CalibrationEntry = (PeopleThreshold | Refusal) & { readonly keptFrom?: KeptPhotographs };

/** Thresholds of one model, and the photographs that they were measured on: those of all sources together. */
export type Calibration = CalibrationPhotographs & {
  /** Id of the embedder: a digest over its weights and its contract. */
  readonly model: string;
  /** The sources; absent in files of versions that knew one source alone, which has no curve there. */
  readonly sources?: readonly CalibratedSource[];
  /**
   * `measuredOn` of the source whose photographs the thresholds are meant for; null where they are meant for
   * photographs of a source that was not measured, and their intervals contain the spread between sources.
   */
  readonly target?: string | null;
  /** The threshold for each rate, or the reason why the pairs do not support one. */
  readonly thresholds: readonly CalibrationEntry[];
};

/**
 * What one threshold of a model was measured to mean: an entry of a {@link Calibration} as a gallery keeps it, where
 * each rate is measured and replaced by itself.
 */
export type ModelThreshold = Pick<
  PeopleThreshold,
  "far" | "threshold" | "thresholdInterval" | "genuineCount" | "impostorCount"
> & {
  /** Id of the model whose scores these are. */
  readonly model: string;
  /** The photographs that it was measured on; absent where nobody said. */
  readonly sources?: readonly ThresholdSource[];
};

/** What a calibration states besides its numbers. */
export type CalibrationSource = Pick<Calibration, "model" | "measuredOn"> & {
  /** Default null: the images were aligned already. */
  readonly detector?: string | null;
  /** Default: today. */
  readonly date?: string;
};

/** Rates to calibrate, and the confidence of the intervals. */
export type CalibrateOptions = {
  /** Default 1e-2, 1e-3 and 1e-4. */
  readonly fars?: readonly number[];
  /** Two-sided, in (0, 1); default 0.95. */
  readonly confidence?: number;
};

/**
 * Measures all pairs of labeled faces, and finds the threshold for each FAR with intervals by person; a rate that the
 * pairs do not support is refused with the reason ({@link calibratePeople}).
 *
 * @throws {OptionError} when there are fewer than two people, no one has two images, or a number is out of range.
 */
export function calibrate(
  labeled: LabeledEmbeddings,
  source: CalibrationSource,
  options: CalibrateOptions = {},
): Calibration {
  requireObject("labeled embeddings", labeled);
  requireKnownKeys("source of calibrate", source, { model: true, measuredOn: true, detector: true, date: true });
  requireKnownKeys("options of calibrate", options, { fars: true, confidence: true });
  const { model, ...photographs } = source;
  const { fars = DEFAULT_FARS, confidence = 0.95 } = options;
  for (const far of fars) requireBetween("far", far, 0, 1);
  const highest = Math.max(...fars);
  const pairs = crossPairs(labeled, Math.max(shareForCalibration(highest), shareForSource(highest)));
  const measured = describeSource(labeled, photographs, sourceCurve(pairs, highest));
  const thresholds = calibratePeople(pairs, fars, { confidence });
  return { model, ...photographsOf([measured]), sources: [measured], target: measured.measuredOn, thresholds };
}

/**
 * Measures the photographs of one source for {@link calibrateOverSources}.
 *
 * @throws {OptionError} as {@link calibrate}.
 */
export function measureSource(
  labeled: LabeledEmbeddings,
  photographs: Omit<CalibrationSource, "model">,
  options: Pick<CalibrateOptions, "fars"> = {},
): CalibratedSource {
  requireObject("labeled embeddings", labeled);
  requireObject("photographs", photographs);
  requireKnownKeys("options of measureSource", options, { fars: true });
  const { fars = DEFAULT_FARS } = options;
  const highest = Math.max(...fars);
  return describeSource(labeled, photographs, sourceCurve(crossPairs(labeled, shareForSource(highest)), highest));
}

function describeSource(
  { embeddings }: LabeledEmbeddings,
  { measuredOn, detector = null, date = new Date().toISOString().slice(0, 10) }: Omit<CalibrationSource, "model">,
  curve: SourceCurve,
): CalibratedSource {
  return { measuredOn, detector, date, imageCount: embeddings.count, ...curve };
}

/**
 * Thresholds from several sources, with intervals that contain the spread between them ({@link calibrateSources}).
 *
 * @param target `measuredOn` of the source that the thresholds are meant for; default null, for a source that was not
 *   measured.
 * @throws {OptionError} when there is no source, none has the target's name, or a number is out of range.
 */
export function calibrateOverSources(
  model: string,
  sources: readonly CalibratedSource[],
  options: CalibrateOptions & { readonly target?: string | null } = {},
): Calibration {
  requireKind("model", model, "a text");
  requireKind("sources", sources, "a list");
  requireKnownKeys("options of calibrateOverSources", options, { fars: true, confidence: true, target: true });
  const { fars = DEFAULT_FARS, confidence = 0.95, target = null } = options;
  const index = sources.findIndex(({ measuredOn }) => measuredOn === target);
  if (target !== null && index < 0) throw new OptionError(`target: got no source named '${target}'`);
  const thresholds = calibrateSources(sources, fars, { confidence, target: target === null ? "new" : index });
  return { model, ...photographsOf(sources), sources, target, thresholds };
}

/** The sources of one threshold of a calibration. */
export function sourcesOf(calibration: Calibration, given: CalibrationEntry): readonly ThresholdSource[] {
  requireFields("calibration", calibration, { thresholds: "a list" });
  requireObject("entry of a calibration", given);
  const { sources, ...photographs } = calibration;
  const { keptFrom, ...entry } = given;
  const counts =
    entry.threshold === null ? {} : { genuineCount: entry.genuineCount, impostorCount: entry.impostorCount };
  if (keptFrom !== undefined) return keptFrom.sources ?? [thresholdSource({ ...keptFrom, ...counts })];
  return sources?.map(thresholdSource) ?? [thresholdSource({ ...photographs, ...counts })];
}

/**
 * The threshold for a FAR that was calibrated.
 *
 * @throws {OptionError} for a rate that is not between 0 and 1.
 * @throws {CalibrationError} when the rate was refused (with the reason), or was not calibrated.
 */
export function thresholdFor(calibration: Calibration, far: number): PeopleThreshold {
  requireFields("calibration", calibration, { thresholds: "a list" });
  const { thresholds } = calibration;
  if (!(far > 0 && far < 1)) {
    throw new OptionError(`far: got ${far}, expected a rate between 0 and 1, such as 0.001`);
  }
  const found = thresholds.find((entry) => entry.far === far);
  if (found === undefined) {
    const known = thresholds.filter(({ threshold }) => threshold !== null).map((entry) => entry.far);
    throw new CalibrationError(
      `calibration: got FAR ${far}, expected one of those calibrated (${known.join(", ")}): choose one, or calibrate the model for this rate`,
    );
  }
  if (found.threshold === null) throw new CalibrationError(`calibration: no threshold for FAR ${far}: ${found.reason}`);
  return found;
}

/**
 * A calibration that adds to an earlier one of the same model: its thresholds, and the earlier ones for rates that it
 * refuses or does not have.
 */
export function mergeCalibrations(before: Calibration, { thresholds, ...photographs }: Calibration): Calibration {
  const { measuredOn, detector, date, identityCount, imageCount, sources } = before;
  const keptFrom = {
    ...{ measuredOn, detector, date, identityCount, imageCount },
    ...(sources !== undefined && { sources: sources.map(thresholdSource) }),
  };
  const supported = new Set(thresholds.filter(({ threshold }) => threshold !== null).map(({ far }) => far));
  const kept = before.thresholds
    .filter(({ far, threshold }) => threshold !== null && !supported.has(far))
    .map((entry) => ({ keptFrom, ...entry }));
  const keptFars = new Set(kept.map(({ far }) => far));
  const all = [...thresholds.filter(({ far }) => !keptFars.has(far)), ...kept];
  return { ...photographs, thresholds: all.sort((a, b) => b.far - a.far) };
}
