import { Command } from "commander";
import { DEFAULT_FARS } from "../faces/people/names.ts";
import { parseNumber } from "./arguments.ts";
import { addRecognitionOptions, formatRate, parseRates, type RecognitionFlags } from "./recognition-options.ts";

export type Flags = RecognitionFlags & {
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
    .option("--far <rates>", `false accept rates; default ${DEFAULT_FARS.map(formatRate).join(",")}`, parseRates, [
      ...DEFAULT_FARS,
    ])
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
    .action(async (folder: string, flags: Flags) =>
      (await import("./calibrate-action.ts")).runCalibrate(folder, flags),
    );
}
