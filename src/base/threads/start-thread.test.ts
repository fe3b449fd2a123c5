import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Question } from "../../../test/support/answering-thread.ts";
import { UnavailableError } from "../core/index.ts";
import { startThread, type Thread } from "./start-thread.ts";

type Answering = Thread<number, Question, number>;

const open = (name: string): Promise<Answering> =>
  startThread("../test/support/answering-thread", { data: { name }, stopped: () => new UnavailableError("stopped") });
const ask = (thread: Answering, what: Question["what"], ...numbers: number[]) =>
  thread.ask({ what, numbers: Uint8Array.from(numbers) });

describe("a thread", () => {
  let thread: Answering;
  beforeAll(async () => {
    thread = await open("three");
  });
  afterAll(() => thread.stop());

  it("says what it is when it is open", () => {
    expect(thread.opened).toBe(5);
  });

  it("answers each of many questions, copies what it is asked about, and takes what is handed over", async () => {
    const kept = Uint8Array.of(1, 2);
    const handed = Uint8Array.of(3, 4);
    const answers = [
      thread.ask({ what: "sum", numbers: kept }),
      thread.ask({ what: "sum", numbers: handed }, [handed.buffer]),
    ];
    expect(thread.pendingCount).toBe(2);
    expect(await Promise.all(answers)).toEqual([3, 7]);
    expect([kept.length, handed.length, thread.pendingCount]).toEqual([2, 0, 0]);
  });

  it("refuses with our code and message, and shows where a fault was", async () => {
    await expect(ask(thread, "refuse")).rejects.toMatchObject({
      code: "COSFACE_OPTION",
      message: "numbers: got these, expected others",
    });
    await expect(ask(thread, "break")).rejects.toMatchObject({
      message: "numbers cannot be broken",
      stack: expect.stringContaining("answering-thread"),
    });
    expect(await ask(thread, "sum", 1)).toBe(1);
  });

  it("rejects what is pending when it is stopped or ends, and all that is asked later", async () => {
    for (const end of [(one: Answering) => one.stop(), (one: Answering) => ask(one, "end").catch(() => undefined)]) {
      const ending = await open("one");
      const pending = expect(ask(ending, "wait")).rejects.toThrow("stopped");
      await end(ending);
      await pending;
      expect(ending.isStopped).toBe(true);
      await expect(ask(ending, "sum")).rejects.toThrow(UnavailableError);
    }
  });

  it("is not there when it cannot be opened", async () => {
    await expect(open("")).rejects.toMatchObject({ code: "COSFACE_OPTION", message: "name: got none, expected one" });
  });
});
