import { findModel } from "../../../faces/models/index.ts";
import {
  type Calibration,
  calibrate,
  calibrationFile,
  embedFolder,
  writeCalibration,
} from "../../../faces/people/index.ts";
import type { PeopleThreshold, Refusal } from "../../../measure/eval/index.ts";
import { formatRate } from "../../options/shared.ts";
import { clearProgress, formatPercent, print, printJson, progress } from "../../output.ts";
import { noteSkipped, openRecognition } from "../../recognition.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, folder: string): Promise<void> {
  const { model, far: fars, confidence, name = "your own photographs", cache, json } = flags;
  const pipeline = await openRecognition(flags);
  let calibration: Calibration;
  try {
    const onProgress = (done: number, total: number) => progress(`${done} of ${total} photographs`);
    const faces = await embedFolder(folder, pipeline, { cache, onProgress });
    clearProgress();
    noteSkipped(faces);
    const detector = flags.aligned ? null : pipeline.detector.name;
    calibration = calibrate(faces, { model: pipeline.embedder.id, measuredOn: name, detector }, { fars, confidence });
  } finally {
    await pipeline.close();
  }
  const file = flags.out ?? calibrationFile(findModel(model));
  await writeCalibration(file, calibration);
  if (json) printJson({ file, ...calibration });
  else print(...describe(calibration), `written to ${file}`);
}

function describe({ model, imageCount, identityCount, thresholds }: Calibration): string[] {
  return [`model ${model}, ${imageCount} photographs of ${identityCount} people`, ...thresholds.map(describeThreshold)];
}

function describeThreshold(entry: PeopleThreshold | Refusal): string {
  const name = `FAR ${formatRate(entry.far)}`.padEnd(12);
  if (entry.threshold === null) return `${name}refused: ${entry.reason}`;
  const { threshold, thresholdInterval, tar, farInterval, confidence, warning } = entry;
  const range = ({ low, high }: { low: number; high: number }, format: (value: number) => string) =>
    `${format(low)} to ${format(high)}`;
  return [
    `${name}threshold ${threshold.toFixed(3)} (${range(thresholdInterval, (value) => value.toFixed(3))} at ${formatPercent(confidence, 0)})`,
    `the true rate is ${range(farInterval, (value) => value.toExponential(1))}`,
    `accepts ${formatPercent(tar)} of genuine pairs`,
    ...(warning === undefined ? [] : [warning]),
  ].join("; ");
}
