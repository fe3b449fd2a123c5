/** Options that the commands that compare faces share: the model, the detector, the threshold, and which face is meant. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { DEFAULT_FAR } from "../faces/people/names.ts";
import { parseNumber } from "./arguments.ts";
import { addContractOptions, addSessionOptions, type ContractFlags, type SessionFlags } from "./face-options.ts";

/** Model, detector and preprocessing. */
export type RecognitionFlags = ContractFlags & SessionFlags & { model: string; detector: string; aligned?: boolean };

/** Adds `--model`, `--detector`, `--aligned`, and how networks take pictures and run. */
export function addRecognitionOptions(command: Command): Command {
  command
    .option("--model <model>", "default, a pulled model, or an ONNX file, N×3×H×W → N×d", "default")
    .option("--detector <model>", "default, a pulled model, or the ONNX file of a detector", "default")
    .option("--aligned", "the pictures are aligned crops: no face is looked for");
  return addSessionOptions(addContractOptions(command));
}

/** A FAR to ask a calibration for, or a threshold without one. */
export type ThresholdFlags = { far?: number; threshold?: number };

/** Adds `--far` and `--threshold`. */
export function addThresholdOptions(command: Command, far: number = DEFAULT_FAR): Command {
  return command
    .option("--far <rate>", `a calibrated false accept rate; default ${formatRate(far)}`, parseRate)
    .addOption(
      new Option("--threshold <cosine>", "lowest score, instead of --far").argParser(parseNumber).conflicts("far"),
    );
}

/** Which face of a photograph is meant: the only one, or the largest near the middle. */
export type FaceRule = "only" | "largest";

/** Adds `--face`. */
export function addFaceOption(command: Command): Command {
  return command.addOption(
    new Option("--face <rule>", "of several faces in a picture: refuse it, or take the largest near the middle")
      .choices(["only", "largest"])
      .default("only"),
  );
}

/** "0.001" → 0.001. */
export function parseRate(text: string): number {
  const rate = parseNumber(text);
  if (!(rate > 0 && rate < 1)) throw new InvalidArgumentError(`got '${text}', expected a rate between 0 and 1`);
  return rate;
}

/** "0.01,1e-3" → [0.01, 0.001]. */
export function parseRates(text: string): number[] {
  return text.split(",").map(parseRate);
}

/** 0.001 → "1e-3". */
export function formatRate(rate: number): string {
  return rate.toExponential();
}
