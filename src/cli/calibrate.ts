import { Command } from "commander";
import type { PeopleThreshold, Refusal } from "../eval/index.ts";
import {
  type Calibration,
  calibrate,
  calibrationFile,
  DEFAULT_FARS,
  embedFolder,
  writeCalibration,
} from "../recognition/index.ts";
import { parseNumber } from "./arguments.ts";
import { clearProgress, formatPercent, print, printJson, progress } from "./output.ts";
import {
  addRecognitionOptions,
  formatRate,
  noteSkipped,
  openRecognition,
  parseRates,
  type RecognitionFlags,
} from "./recognition-options.ts";

type Flags = RecognitionFlags & {
  far: readonly number[];
  confidence: number;
  name?: string;
  cache: boolean;
  out?: string;
  json?: boolean;
};

export function calibrateCommand(): Command {
  const command = new Command("calibrate")
    .argument("<folder>", "photographs, one subfolder a person")
    .option(
      "--far <rates>",
      `false accept rates; default ${DEFAULT_FARS.map(formatRate).join(",")}`,
      parseRates,
      DEFAULT_FARS,
    )
    .option("--confidence <c>", "of the intervals; default 0.95", parseNumber, 0.95)
    .option("--name <words>", "what the photographs are; default: your own photographs")
    .option("--out <file>", "default: MODEL.calibration.json, or in the user's data folder");
  return addRecognitionOptions(command)
    .option("--no-cache", "do not keep embeddings in the folder, nor use those kept")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
All pairs of photographs are compared. A rate is refused when the people are too
few to show it: FAR 1e-3 takes about a hundred people with two photographs each,
FAR 1e-4 several hundred.

Examples:
  cosface calibrate people/
  cosface calibrate lfw/aligned --aligned --model runs/first/model.onnx --name "LFW, aligned"`,
    )
    .action(runCalibrate);
}

async function runCalibrate(folder: string, flags: Flags): Promise<void> {
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
  const file = flags.out ?? calibrationFile(model);
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
