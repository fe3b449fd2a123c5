import { OptionError } from "../../../base/core/index.ts";
import { type FaceVerification, verify } from "../../../faces/people/index.ts";
import { NEGATIVE, POSITIVE } from "../../exit-codes.ts";
import { photographOf } from "../../image-inputs.ts";
import { formatRate } from "../../options/shared.ts";
import { print, printJson } from "../../output.ts";
import { describeThreshold, thresholdOptionsOf, withRecognition } from "../../recognition.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, a: string, b: string): Promise<number> {
  if (a === "-" && b === "-") throw new OptionError("got - twice, but standard input holds one image");
  const options = { face: flags.face, ...thresholdOptionsOf(flags) };
  const answer = await withRecognition(flags, async (faces) =>
    verify(await photographOf(a), await photographOf(b), { faces, ...options }),
  );
  const { score, threshold, far, farInterval, sources, same, model } = answer;
  if (flags.json) printJson({ score, threshold, far, farInterval, sources, same, model });
  else print(describe(answer), ...describeThreshold(answer));
  return same ? POSITIVE : NEGATIVE;
}

function describe({ score, threshold, far, same }: FaceVerification): string {
  const answer = same ? "same person: accepted" : "different people: rejected";
  const at = far === null ? "at the threshold given" : `at FAR ${formatRate(far)}`;
  return `${answer} ${at} (score ${score.toFixed(3)}, threshold ${threshold.toFixed(3)})`;
}
