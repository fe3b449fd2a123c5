import { cosineSimilarity } from "../../../measure/eval/index.ts";
import { NEGATIVE, POSITIVE } from "../../exit-codes.ts";
import { formatRate } from "../../options/shared.ts";
import { print, printJson } from "../../output.ts";
import { decide, openRecognition, readFace } from "../../recognition.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, a: string, b: string): Promise<number> {
  const pipeline = await openRecognition(flags);
  try {
    const { threshold, far } = await decide(flags, pipeline.embedder.id);
    const left = await readFace(pipeline, a, flags.face);
    const right = await readFace(pipeline, b, flags.face);
    const score = cosineSimilarity(left.embedding, right.embedding);
    const same = score >= threshold;
    if (flags.json) printJson({ score, threshold, far, same, model: pipeline.embedder.id });
    else print(describe(score, threshold, far, same));
    return same ? POSITIVE : NEGATIVE;
  } finally {
    await pipeline.close();
  }
}

function describe(score: number, threshold: number, far: number | null, same: boolean): string {
  const answer = same ? "same person: accepted" : "different people: rejected";
  const at = far === null ? "at the threshold given" : `at FAR ${formatRate(far)}`;
  return `${answer} ${at} (score ${score.toFixed(3)}, threshold ${threshold.toFixed(3)})`;
}
