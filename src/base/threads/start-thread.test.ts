import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Question } from "../../../test/support/answering-thread.ts";
import { UnavailableError } from "../core/index.ts";
import { keepThread } from "./keep-thread.ts";
import { startThread, type Thread } from "./start-thread.ts";

type Answering = Thread<number, Question, number>;
const MODULE = "../test/support/answering-thread";
const stopped = () => new UnavailableError("stopped");

const open = (name: string): Promise<Answering> => startThread(MODULE, { data: { name }, stopped });
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
      thread.ask({ what: "sum", numbers: handed }, { transfer: [handed.buffer] }),
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

  it.each([
    ["an answer that cannot be read", "nest"],
    ["silence", "wait"],
  ] as const)("ends with %s, and rejects all that is pending", async (_, what) => {
    const ending: Answering = await startThread(MODULE, { data: { name: "one" }, stopped, answerSeconds: 1 });
    const pending = [ending.ask({ what: "wait", numbers: new Uint8Array() }), ask(ending, what)];
    for (const one of pending) await expect(one).rejects.toThrow("stopped");
    expect([ending.isStopped, ending.pendingCount]).toEqual([true, 0]);
  });

  it("stays open after a question that cannot be copied", async () => {
    const uncopied = { what: "sum", numbers: () => 1 } as unknown as Question;
    await expect(thread.ask(uncopied)).rejects.toThrow(/could not be cloned/);
    expect(thread.pendingCount).toBe(0);
    expect(await ask(thread, "sum", 1)).toBe(1);
  });

  it("may take longer than its limit for many questions, and for one that has a longer limit", async () => {
    const slow: Answering = await startThread(MODULE, { data: { name: "one" }, stopped, answerSeconds: 0.5 });
    const numbers = Uint8Array.of(3);
    const answers = [1, 2, 3].map(() => slow.ask({ what: "sleep", numbers }));
    expect(await Promise.all(answers)).toEqual([3, 3, 3]);
    expect(await slow.ask({ what: "sleep", numbers: Uint8Array.of(8) }, { seconds: 10 })).toBe(8);
    await slow.stop();
  });
});

describe("a process", () => {
  it("answers, refuses and ends as a thread does", async () => {
    const process: Answering = await startThread(MODULE, { data: { name: "three" }, stopped, isProcess: true });
    expect(process.opened).toBe(5);
    const numbers = Uint8Array.of(1, 2);
    expect(await process.ask({ what: "sum", numbers }, { transfer: [numbers.buffer] })).toBe(3);
    await expect(ask(process, "refuse")).rejects.toMatchObject({ code: "COSFACE_OPTION" });
    const pending = expect(ask(process, "wait")).rejects.toThrow("stopped");
    await process.stop();
    await pending;
    await expect(ask(process, "sum")).rejects.toThrow("stopped");
    await process.stop(); // Ends at once.
  });

  it("is not there when it cannot be opened", async () => {
    await expect(startThread(MODULE, { data: { name: "" }, stopped, isProcess: true })).rejects.toThrow(
      "name: got none, expected one",
    );
  });
});

describe("a kept thread", () => {
  it("is started again after it ended, once for all who ask, and not after it was stopped", async () => {
    const kept = await keepThread<number, Question, number>(MODULE, { data: { name: "three" }, stopped });
    const first = kept.latest;
    await expect(ask(first, "end")).rejects.toThrow("stopped");
    const [second, third] = await Promise.all([kept.running(), kept.running()]);
    expect(second).toBe(third);
    expect(second).not.toBe(first);
    expect(await ask(second, "sum", 1, 2)).toBe(3);
    await kept.stop();
    await expect(kept.running()).rejects.toThrow("stopped");
  });
});
