/** Where calibrations lie: beside the model they belong to, and for the model that npm brings in the user's data folder. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CalibrationError } from "../../base/core/index.ts";
import { writeAtomically } from "../../base/files/index.ts";
import type { Interval, PeopleThreshold, Refusal } from "../../measure/eval/index.ts";
import { DEFAULT_EMBEDDER } from "../embedder/index.ts";
import { dataFolder } from "../models/index.ts";
import { builtInCalibrations } from "./built-in-calibrations.ts";
import type { Calibration } from "./calibration.ts";

/**
 * The file of a model's calibration: `MODEL.calibration.json`, or for "default" `cosface/default.calibration.json` in
 * `XDG_DATA_HOME` (`~/.local/share`).
 */
export function calibrationFile(model: string): string {
  if (model !== DEFAULT_EMBEDDER) return `${model}.calibration.json`;
  return join(dataFolder(), `${DEFAULT_EMBEDDER}.calibration.json`);
}

/** Writes a calibration whole or not at all. */
export async function writeCalibration(file: string, calibration: Calibration): Promise<void> {
  await writeAtomically(file, [`${JSON.stringify(calibration, null, 2)}\n`], { makeFolder: true });
}

/**
 * The calibration of a model: its file's, else the one that comes with cosface for this id.
 *
 * @param model path of the model, or "default".
 * @param id of the embedder that is used, with its flip rule and preprocessing.
 * @throws {CalibrationError} when there is none, the file is damaged, or it belongs to another id.
 */
export async function readCalibration(model: string, id: string): Promise<Calibration> {
  const file = calibrationFile(model);
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw new CalibrationError(`${file}: cannot be read (${cause.code})`, { cause });
  });
  if (text === undefined) {
    const builtIn = builtInCalibrations.find((calibration) => calibration.model === id);
    if (builtIn !== undefined) return builtIn;
    throw new CalibrationError(
      `no calibration for model ${id}: run cosface calibrate on photographs of your own, a folder for each person, or give a threshold`,
    );
  }
  const calibration = parseCalibration(file, text);
  if (calibration.model !== id) {
    throw new CalibrationError(
      `${file}: got the calibration of model ${calibration.model}, expected that of ${id}: calibrate again, since weights, preprocessing or flip rule are others`,
    );
  }
  return calibration;
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
  if (entry.threshold === null) return typeof entry.far === "number" && typeof entry.reason === "string";
  return [entry.far, entry.threshold, entry.tar, entry.confidence].every((value) => Number.isFinite(value));
}

/** JSON has no infinity: an end of an interval that the pairs do not bound is null there. */
function withInfinities(entry: PeopleThreshold | Refusal): PeopleThreshold | Refusal {
  if (entry.threshold === null) return entry;
  const { low, high } = entry.thresholdInterval as { [end in keyof Interval]: number | null };
  const thresholdInterval = { low: low ?? Number.NEGATIVE_INFINITY, high: high ?? Number.POSITIVE_INFINITY };
  return { ...entry, thresholdInterval };
}
