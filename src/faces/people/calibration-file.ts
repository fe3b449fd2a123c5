/**
 * Calibration files: `MODEL.calibration.json` beside a model, and for the model that npm installs in the user's data
 * folder.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CalibrationError, requireFields, requireKind, requireKnownKeys } from "../../base/core/index.ts";
import { writeAtomically } from "../../base/files/index.ts";
import type { Interval } from "../../measure/eval/index.ts";
import { DEFAULT_EMBEDDER } from "../embedder/index.ts";
import { dataFolder } from "../models/index.ts";
import { builtInCalibrations } from "./built-in-calibrations.ts";
import { type Calibration, type CalibrationEntry, mergeCalibrations } from "./calibration.ts";

/**
 * The file of a model's calibration: `MODEL.calibration.json`, or for "default" `cosface/default.calibration.json` in
 * `XDG_DATA_HOME` (`~/.local/share`).
 */
export function calibrationFile(model: string): string {
  requireKind("model", model, "a text");
  if (model !== DEFAULT_EMBEDDER) return `${model}.calibration.json`;
  return join(dataFolder(), `${DEFAULT_EMBEDDER}.calibration.json`);
}

/**
 * Writes a calibration, whole or not at all. A rate that it refuses keeps the threshold that the model had before, from
 * the file or from the calibration that comes with cosface, and so does a rate that it does not have: nothing is
 * replaced by less.
 *
 * @returns the calibration as it is in the file now; entries that it kept name what they were measured on.
 * @throws {CalibrationError} when it supports no rate: nothing is written.
 */
export async function writeCalibration(file: string, calibration: Calibration): Promise<Calibration> {
  requireKind("file", file, "a text");
  requireFields("calibration", calibration, { model: "a text", thresholds: "a list" });
  if (calibration.thresholds.every(({ threshold }) => threshold === null)) {
    const reasons = calibration.thresholds.flatMap((entry) => (entry.threshold === null ? [entry.reason] : []));
    throw new CalibrationError(
      `calibration: the photographs support none of the rates, so nothing was written: ${reasons[0] ?? "no rate was given"}`,
    );
  }
  const before = await readBefore(file, calibration.model);
  const merged = before === undefined ? calibration : mergeCalibrations(before, calibration);
  await writeAtomically(file, [`${JSON.stringify(merged, null, 2)}\n`], { makeFolder: true });
  return merged;
}

/** What the model was calibrated to; undefined where there is nothing that can be used. */
async function readBefore(file: string, id: string): Promise<Calibration | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  let before: Calibration | undefined;
  try {
    before = text === undefined ? undefined : parseCalibration(file, text);
  } catch {
    // A damaged file cannot be used by anybody: it is replaced.
  }
  return before?.model === id ? before : builtInFor(id);
}

/** How a calibration is read. */
export type ReadCalibrationOptions = {
  /** Called with a sentence for the user when a file is passed over because this user may not read it. */
  readonly onNote?: (note: string) => void;
};

/**
 * The calibration of a model: that of its file, else the one that comes with cosface for this id.
 *
 * @param model path of the model, or "default".
 * @param id of the embedder that is used, with its flip rule and preprocessing.
 * @throws {CalibrationError} when no calibration is found, the file is damaged, or it belongs to another id.
 */
export async function readCalibration(
  model: string,
  id: string,
  options: ReadCalibrationOptions = {},
): Promise<Calibration> {
  requireKind("model", model, "a text");
  requireKind("id", id, "a text");
  requireKnownKeys("options of readCalibration", options, { onNote: true });
  const { onNote = () => {} } = options;
  const file = calibrationFile(model);
  const builtIn = builtInFor(id);
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return undefined;
    if (builtIn === undefined) throw new CalibrationError(`${file}: cannot be read (${cause.code})`, { cause });
    onNote(`${file} cannot be read (${cause.code}): using the calibration that comes with cosface`);
    return undefined;
  });
  if (text === undefined) {
    if (builtIn !== undefined) return builtIn;
    throw new CalibrationError(
      `no calibration for model ${id}: run cosface calibrate on photographs of your own, a folder for each person, or give a threshold`,
    );
  }
  const calibration = parseCalibration(file, text);
  if (calibration.model !== id) {
    throw new CalibrationError(
      `${file}: got the calibration of model ${calibration.model}, expected that of ${id}: calibrate again, since the weights, the preprocessing or the flip rule differ`,
    );
  }
  return calibration;
}

function builtInFor(id: string): Calibration | undefined {
  return builtInCalibrations.find(({ model }) => model === id);
}

/** The calibration that comes with cosface. @throws {CalibrationError} for a model that has none. */
export function builtInCalibration(id: string): Calibration {
  const found = builtInFor(id);
  if (found !== undefined) return found;
  throw new CalibrationError(
    `no calibration for model ${id} comes with cosface, only for the default model: calibrate it on photographs of your own`,
  );
}

/**
 * A calibration from its JSON text.
 *
 * @throws {CalibrationError} that begins with `where` when it is damaged: a field is missing or of another type, a rate
 *   occurs twice, or a number contradicts another, as a threshold outside of its interval does.
 */
export function parseCalibration(where: string, text: string): Calibration {
  const damaged = (what: string, cause?: unknown) =>
    new CalibrationError(
      `${where}: got a damaged calibration (${what}), expected one written by cosface calibrate: calibrate again`,
      { cause },
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged("not JSON", cause);
  }
  if (!isObject(value)) throw damaged("no object");
  const { thresholds, ...rest } = value;
  const wrong = wrongField(rest) ?? wrongSources(rest);
  if (wrong !== undefined) throw damaged(wrong);
  if (!Array.isArray(thresholds)) throw damaged("thresholds");
  for (const [i, entry] of thresholds.entries()) {
    const field = isObject(entry) ? wrongEntryField(entry) : "no object";
    if (field !== undefined) throw damaged(`threshold ${i + 1}: ${field}`);
  }
  const entries = thresholds as CalibrationEntry[];
  if (new Set(entries.map(({ far }) => far)).size < entries.length) throw damaged("a rate occurs twice");
  return { ...(rest as Omit<Calibration, "thresholds">), thresholds: entries.map(withInfinities) };
}

/** How far a threshold may be outside of its interval: equal scores, and little confidence, put it beside the ends. */
const INTERVAL_TOLERANCE = 0.01;

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first field of a calibration, besides its thresholds, that is missing or of another type. */
function wrongField({ detector, ...fields }: Fields): string | undefined {
  if (detector !== null && typeof detector !== "string") return "detector";
  return (
    ["model", "measuredOn", "date"].find((name) => typeof fields[name] !== "string") ??
    ["identityCount", "imageCount"].find((name) => !isCount(fields[name]))
  );
}

/** What is wrong with the sources, which older versions did not write. */
function wrongSources({ sources = [], target = null }: Fields): string | undefined {
  if (!Array.isArray(sources)) return "sources";
  if (!sources.every((source) => isObject(source) && isSource(source))) return "sources";
  const names = sources.map(({ measuredOn }: Fields) => measuredOn);
  if (new Set(names).size < names.length) return "a source occurs twice";
  return target === null || names.includes(target) ? undefined : "target";
}

function isSource({ genuineCount, impostorCount, points, ...photographs }: Fields): boolean {
  if (wrongField({ model: "", ...photographs }) !== undefined || !isCount(genuineCount) || !isCount(impostorCount)) {
    return false;
  }
  if (!Array.isArray(points) || !points.every(isObject)) return false;
  return points.every(({ threshold, far, tar, effectiveImpostorCount, effectiveGenuineCount }: Fields, i) => {
    const counts = [effectiveImpostorCount, effectiveGenuineCount];
    if (!isShare(far) || far === 0 || !isShare(tar) || !counts.every((count) => Number(count) >= 1)) return false;
    return typeof threshold === "number" && threshold > Number(points[i - 1]?.threshold ?? Number.NEGATIVE_INFINITY);
  });
}

/** The first field of an entry that is missing, of another type, or contradicts another. */
function wrongEntryField(entry: Fields): string | undefined {
  const { far, farInterval, keptFrom, reason, tar, threshold, thresholdInterval: interval } = entry;
  if (!isShare(far) || far === 0) return "far";
  if (keptFrom !== undefined && (!isObject(keptFrom) || wrongField({ model: "", ...keptFrom }) !== undefined)) {
    return "keptFrom";
  }
  if (threshold === null) return typeof reason === "string" ? undefined : "reason";
  // Rounding takes a cosine of equal embeddings over 1.
  if (typeof threshold !== "number" || !(Math.abs(threshold) <= 1 + 1e-6)) return "threshold";
  if (!isShare(tar)) return "tar";
  if (!isObject(farInterval) || !isShare(farInterval.low) || !isShare(farInterval.high)) return "farInterval";
  const { low, high } = isObject(interval) ? interval : {};
  if (!isEnd(low) || !isEnd(high)) return "thresholdInterval";
  const distance = Math.max((low ?? threshold) - threshold, threshold - (high ?? threshold));
  if (distance > INTERVAL_TOLERANCE) return "threshold outside of its interval";
  if (typeof entry.confidence !== "number" || !(entry.confidence > 0 && entry.confidence < 1)) return "confidence";
  return ["genuineCount", "impostorCount"].find((name) => !isCount(entry[name]));
}

function isShare(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** An end of an interval; null where the pairs do not bound it, since JSON has no infinity. */
function isEnd(value: unknown): value is number | null {
  return value === null || typeof value === "number";
}

function withInfinities(entry: CalibrationEntry): CalibrationEntry {
  if (entry.threshold === null) return entry;
  const { low, high } = entry.thresholdInterval as { [end in keyof Interval]: number | null };
  const thresholdInterval = { low: low ?? Number.NEGATIVE_INFINITY, high: high ?? Number.POSITIVE_INFINITY };
  return { ...entry, thresholdInterval };
}
