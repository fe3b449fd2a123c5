import { findModel } from "../../../faces/models/index.ts";
import {
  type Calibration,
  type CalibrationEntry,
  calibrateFolder,
  calibrationFile,
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

export async function run(flags: Flags, folder: string): Promise<number> {
  const { far: fars, confidence, name, cache, aligned = false, json } = flags;
  const { signal } = interruption("keeping the embeddings that are computed, then stopping");
  const { calibration, skipped, passedOver } = await withRecognition(flags, (faces) =>
    calibrateFolder(folder, faces, {
      fars,
      confidence,
      cache,
      aligned,
      signal,
      ...given({ name }),
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

function describe({ model, imageCount, identityCount, thresholds }: Calibration): string[] {
  return [`model ${model}, ${imageCount} photographs of ${identityCount} people`, ...thresholds.map(describeThreshold)];
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
