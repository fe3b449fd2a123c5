import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { CalibrationError, OptionError } from "../../../base/core/index.ts";
import { findModel } from "../../../faces/models/index.ts";
import {
  builtInCalibration,
  type Calibration,
  type CalibrationEntry,
  calibrateFolders,
  calibrationFile,
  describeSources,
  parseCalibration,
  type SourceFolder,
  sourcesOf,
  writeCalibration,
} from "../../../faces/people/index.ts";
import { NEGATIVE, POSITIVE } from "../../exit-codes.ts";
import { given } from "../../given.ts";
import { interruption } from "../../interruption.ts";
import { formatRate } from "../../options/shared.ts";
import {
  clearProgress,
  formatPercent,
  note,
  notePassedOver,
  print,
  printJson,
  progress,
  summarizePassedOver,
} from "../../output.ts";
import { withRecognition } from "../../recognition.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, words: readonly string[]): Promise<number> {
  const { far: fars, confidence, cache, aligned = false, json } = flags;
  const folders = sourceFolders(words, flags.name);
  const { signal } = interruption("keeping the embeddings that are computed, then stopping");
  const { calibration, skipped, passedOver } = await withRecognition(flags, async (faces) =>
    calibrateFolders(folders, faces, {
      fars,
      confidence,
      cache,
      aligned,
      signal,
      ...given({ from: await earlier(flags.from, faces.embedder.id) }),
      onProgress: (done, total) => progress(`${done} of ${total} photographs`),
    }),
  );
  clearProgress();
  notePassedOver(passedOver);
  for (const { file, reason } of skipped) note(`left out: ${file}: ${reason}`, { file });
  const left = { skippedCount: skipped.length, passedOver: summarizePassedOver(passedOver) };
  if (calibration.thresholds.every(({ threshold }) => threshold === null)) {
    if (json) printJson({ file: null, ...calibration, ...left });
    else print(...describe(calibration), "nothing was written: the photographs support none of these rates");
    return NEGATIVE;
  }
  const file = flags.out ?? calibrationFile(findModel(flags.model));
  const written = await writeCalibration(file, calibration);
  if (json) printJson({ file, ...written, ...left });
  else print(...describe(written), `written to ${file}`);
  return POSITIVE;
}

/** The sources that the words name; several without names are called as their folders. */
function sourceFolders(words: readonly string[], name: string | undefined): SourceFolder[] {
  if (words.length > 1 && name !== undefined) {
    throw new OptionError("--name: got it with several folders, expected NAME=FOLDER for each");
  }
  return words.map((word) => {
    const at = existsSync(word) ? -1 : word.indexOf("=");
    if (at > 0) return { name: word.slice(0, at), folder: word.slice(at + 1) };
    return { name: name ?? (words.length > 1 ? basename(word) : "your own photographs"), folder: word };
  });
}

/** The calibration that `--from` names. */
async function earlier(from: string | undefined, id: string): Promise<Calibration | undefined> {
  if (from === undefined) return undefined;
  if (from === "built-in") return builtInCalibration(id);
  const text = await readFile(from, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new CalibrationError(`${from}: cannot be read (${cause.code}), expected built-in or a calibration file`, {
      cause,
    });
  });
  return parseCalibration(from, text);
}

function describe(calibration: Calibration): string[] {
  const { model, imageCount, identityCount, thresholds, sources = [], target } = calibration;
  const [first] = thresholds;
  return [
    `model ${model}, ${imageCount} photographs of ${identityCount} people`,
    ...(sources.length > 1 && first !== undefined
      ? [`measured on ${describeSources(sourcesOf(calibration, first))}`]
      : []),
    ...(sources.length > 1
      ? [`meant for ${target ?? "photographs of another source: the intervals contain the spread"}`]
      : []),
    ...thresholds.map(describeThreshold),
  ];
}

function describeThreshold(entry: CalibrationEntry): string {
  const name = `FAR ${formatRate(entry.far)}`.padEnd(12);
  if (entry.threshold === null) return `${name}refused: ${entry.reason}`;
  const { threshold, thresholdInterval, tar, farInterval, confidence, warning, keptFrom } = entry;
  if (keptFrom !== undefined) {
    return `${name}threshold ${threshold.toFixed(3)}, kept from ${keptFrom.measuredOn} of ${keptFrom.date}`;
  }
  const range = ({ low, high }: { low: number; high: number }, format: (value: number) => string) =>
    `${format(low)} to ${format(high)}`;
  return [
    `${name}threshold ${threshold.toFixed(3)} (${range(thresholdInterval, (value) => value.toFixed(3))} at ${formatPercent(confidence, 0)})`,
    `the true rate is ${range(farInterval, (value) => value.toExponential(1))}`,
    `accepts ${formatPercent(tar)} of genuine pairs`,
    ...(warning === undefined ? [] : [warning]),
  ].join("; ");
}
