import { Command } from "commander";
import { cosineSimilarity } from "../eval/index.ts";
import { fail, print, printJson } from "./output.ts";
import {
  addFaceOption,
  addRecognitionOptions,
  addThresholdOptions,
  decide,
  type FaceRule,
  formatRate,
  openRecognition,
  type RecognitionFlags,
  readFace,
  type ThresholdFlags,
} from "./recognition-options.ts";

type Flags = RecognitionFlags & ThresholdFlags & { face: FaceRule; json?: boolean };

/** Exit codes that scripts can tell apart; errors of use have that of an error (program.ts). */
const SAME = 0;
const DIFFERENT = 1;
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
    .action((a: string, b: string, flags: Flags) => runVerify(a, b, flags).catch((error) => fail(error, ERROR)));
}

async function runVerify(a: string, b: string, flags: Flags): Promise<void> {
  const pipeline = await openRecognition(flags);
  try {
    const { threshold, far } = await decide(flags, pipeline.embedder.id);
    const left = await readFace(pipeline, a, flags.face);
    const right = await readFace(pipeline, b, flags.face);
    const score = cosineSimilarity(left.embedding, right.embedding);
    const same = score >= threshold;
    if (flags.json) printJson({ score, threshold, far, same, model: pipeline.embedder.id });
    else print(describe(score, threshold, far, same));
    process.exitCode = same ? SAME : DIFFERENT;
  } finally {
    await pipeline.close();
  }
}

function describe(score: number, threshold: number, far: number | null, same: boolean): string {
  const answer = same ? "same person: accepted" : "different people: rejected";
  const at = far === null ? "at the threshold given" : `at FAR ${formatRate(far)}`;
  return `${answer} ${at} (score ${score.toFixed(3)}, threshold ${threshold.toFixed(3)})`;
}
