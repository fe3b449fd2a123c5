/** A thread for tests: it is asked what to do. */
import { OptionError } from "../../src/base/core/index.ts";
import { answerQuestions } from "../../src/base/threads/index.ts";

export type Question = { readonly what: "sum" | "refuse" | "break" | "wait" | "end"; readonly numbers: Uint8Array };

const answers: Readonly<Record<Question["what"], (numbers: Uint8Array) => Promise<number>>> = {
  sum: async (numbers) => numbers.reduce((sum, number) => sum + number, 0),
  refuse: async () => {
    throw new OptionError("numbers: got these, expected others");
  },
  break: async () => {
    throw new TypeError("numbers cannot be broken");
  },
  wait: () => new Promise(() => {}),
  end: async () => process.exit(1),
};

await answerQuestions(async (data: { readonly name: string }) => {
  if (data.name === "") throw new OptionError("name: got none, expected one");
  return { opened: data.name.length, answer: (question: Question) => answers[question.what](question.numbers) };
});
