/**
 * Calibration files: `MODEL.calibration.json` beside a model, and for the model that npm installs in the user's data
 * folder.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CalibrationError } from "../../base/core/index.ts";
import { writeAtomically } from "../../base/files/index.ts";
import type { Interval, PeopleThreshold, Refusal } from "../../measure/eval/index.ts";
import { DEFAULT_EMBEDDER } from "../embedder/index.ts";
import { dataFolder } from "../models/index.ts";
import { builtInCalibrations } from "./built-in-calibrations.ts";
import { type Calibration, type CalibrationEntry, mergeCalibrations } from "./calibration.ts";

/**
 * The file of a model's calibration: `MODEL.calibration.json`, or for "default" `cosface/default.calibration.json` in
 * `XDG_DATA_HOME` (`~/.local/share`).
 */
export function calibrationFile(model: string): string {
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
  { onNote = () => {} }: ReadCalibrationOptions = {},
): Promise<Calibration> {
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

/** A calibration from its JSON text. @throws {CalibrationError} that begins with `where` when it is damaged. */
export function parseCalibration(where: string, text: string): Calibration {
  try {
    const { thresholds, ...rest } = JSON.parse(text) as Calibration;
    const hasTexts = [rest.model, rest.measuredOn, rest.date].every((value) => typeof value === "string");
    if (!(hasTexts && Array.isArray(thresholds) && thresholds.every(isEntry)))
      throw new TypeError("a field is missing");
    return { ...rest, thresholds: thresholds.map(withInfinities) };
  } catch (cause) {
    throw new CalibrationError(`${where}: got a damaged calibration, expected one written by cosface calibrate`, {
      cause,
    });
  }
}

function isEntry(entry: PeopleThreshold | Refusal): boolean {
  if (!(entry.far > 0 && entry.far <= 1)) return false;
  if (entry.threshold === null) return typeof entry.reason === "string";
  return Math.abs(entry.threshold) <= 1 + 1e-6 && [entry.tar, entry.confidence].every(Number.isFinite);
}

/** JSON has no infinity: an end of an interval that the pairs do not bound is null there. */
function withInfinities(entry: CalibrationEntry): CalibrationEntry {
  if (entry.threshold === null) return entry;
  const { low, high } = entry.thresholdInterval as { [end in keyof Interval]: number | null };
  const thresholdInterval = { low: low ?? Number.NEGATIVE_INFINITY, high: high ?? Number.POSITIVE_INFINITY };
  return { ...entry, thresholdInterval };
}
