import { Command } from "commander";
import { fail } from "./output.ts";
import {
  addFaceOption,
  addRecognitionOptions,
  addThresholdOptions,
  type FaceRule,
  type RecognitionFlags,
  type ThresholdFlags,
} from "./recognition-options.ts";

export type Flags = RecognitionFlags & ThresholdFlags & { face: FaceRule; json?: boolean };

/** Exit codes that scripts can tell apart; errors of use have that of an error (program.ts). */
export const SAME = 0;
export const DIFFERENT = 1;
const ERROR = 2;

export function verifyCommand(): Command {
  const command = new Command("verify").argument("<a>", "photograph").argument("<b>", "photograph");
  addThresholdOptions(addFaceOption(command));
  return addRecognitionOptions(command)
    .option("--json", "print { score, threshold, far, same, model }")
    .addHelpText(
      "after",
      `
The score is a cosine, -1 to 1, and no probability. The exit code is 0 for the
same person, 1 for different people, and 2 where that cannot be told: no face,
several faces, no threshold.

Examples:
  cosface verify passport.jpg camera.jpg
  cosface verify a.jpg b.jpg --far 1e-4 --json && echo same`,
    )
    .action((a: string, b: string, flags: Flags) =>
      import("./verify-action.ts").then(({ runVerify }) => runVerify(a, b, flags)).catch((error) => fail(error, ERROR)),
    );
}
