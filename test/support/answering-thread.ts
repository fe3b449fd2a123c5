/** A thread for tests: each question says what to do. */
import { setTimeout as sleep } from "node:timers/promises";
import { OptionError } from "../../src/base/core/index.ts";
import { answerQuestions } from "../../src/base/threads/index.ts";

export type Question = {
  readonly what: "sum" | "refuse" | "break" | "wait" | "sleep" | "nest" | "end";
  readonly numbers: Uint8Array;
};

let asleep: Promise<unknown> = Promise.resolve();

const answers: Readonly<Record<Question["what"], (numbers: Uint8Array) => Promise<number>>> = {
  sum: async (numbers) => numbers.reduce((sum, number) => sum + number, 0),
  refuse: async () => {
    throw new OptionError("numbers: got these, expected others");
  },
  break: async () => {
    throw new TypeError("numbers cannot be broken");
  },
  wait: () => new Promise(() => {}),
  /** Answers after so many tenths of a second, one question after the other. */
  sleep: ([tenths = 0]) => {
    asleep = asleep.then(() => sleep(100 * tenths));
    return asleep.then(() => tenths);
  },
  /** An answer that is nested deeper than the other side can read. */
  nest: async () => {
    let nested: unknown = 1;
    for (let depth = 0; depth < 3000; depth++) nested = { nested };
    return nested as number;
  },
  end: async () => process.exit(1),
};

await answerQuestions(async (data: { readonly name: string }) => {
  if (data.name === "") throw new OptionError("name: got none, expected one");
  return { opened: data.name.length, answer: (question: Question) => answers[question.what](question.numbers) };
});
