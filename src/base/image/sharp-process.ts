/** The process of libvips; `sharp-apart.ts` starts it. */
import { answerQuestions } from "../threads/index.ts";
import type { DecoderTask } from "./apart-decoder.ts";
import { decodeBySharp } from "./sharp.ts";

await answerQuestions(async () => ({
  opened: null,
  answer: ({ bytes, format, limits }: DecoderTask) => decodeBySharp(bytes, format, limits),
}));
