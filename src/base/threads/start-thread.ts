/**
 * A module on a thread of its own, for code that holds the thread that calls it: a network, a database in WebAssembly. It is
 * opened once, and then asked; questions may be many at a time, and each is a promise of its answer.
 */
import { type TransferListItem, Worker } from "node:worker_threads";
import { CosfaceError } from "../core/index.ts";
import type { Asked, SentError, ThreadMessage, ThreadStart } from "./messages.ts";

/** A thread that is open. While nothing is asked of it, it does not keep the process from ending. */
export interface Thread<Opened, Question, Answer> {
  /** What the module said of itself when it was open. */
  readonly opened: Opened;
  /** Questions without an answer yet. */
  readonly pendingCount: number;
  /** Whether it ended, or was told to. */
  readonly isStopped: boolean;
  /** Memory on the list is handed over, and is empty here afterwards; all else is copied. */
  ask(question: Question, handedOver?: readonly TransferListItem[]): Promise<Answer>;
  /** Ends the thread at once: what is pending is rejected. */
  stop(): Promise<void>;
}

/** How a thread is started. */
export type ThreadOptions = {
  /** What the module is opened with. */
  readonly data: unknown;
  /** The error of questions to a thread that has ended. */
  readonly stopped: () => Error;
  /** Makes an error of one that was sent; default {@link receiveError}. */
  readonly receive?: (error: SentError) => Error;
};

/**
 * Starts a thread with a module that calls `answerQuestions`.
 *
 * @param module its path below src/, without an ending, such as "face/network-thread".
 * @throws what opening it threw there, with its code and message.
 */
export async function startThread<Opened, Question, Answer>(
  module: string,
  { data, stopped, receive = receiveError }: ThreadOptions,
): Promise<Thread<Opened, Question, Answer>> {
  const workerData: ThreadStart = { module, data };
  const worker = new Worker(new URL("../../../bin/thread.js", import.meta.url), { workerData });
  const opened = await new Promise<Opened>((resolve, reject) => {
    worker.on("error", reject); // Without a listener, an error would end the process; once open, it rejects nothing.
    worker.once("exit", () => reject(stopped()));
    worker.once("message", (message: ThreadMessage<Opened, Answer>) => {
      if (message.kind === "opened") resolve(message.opened);
      else if (message.kind === "failed") reject(receive(message.error));
    });
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  return new OpenThread(worker, opened, stopped, receive);
}

type Pending<Answer> = { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void };

class OpenThread<Opened, Question, Answer> implements Thread<Opened, Question, Answer> {
  readonly opened: Opened;
  readonly #worker: Worker;
  readonly #stopped: () => Error;
  readonly #receive: (error: SentError) => Error;
  readonly #pending = new Map<number, Pending<Answer>>();
  #askedCount = 0;
  #isStopped = false;

  constructor(worker: Worker, opened: Opened, stopped: () => Error, receive: (error: SentError) => Error) {
    this.opened = opened;
    this.#worker = worker;
    this.#stopped = stopped;
    this.#receive = receive;
    worker.on("message", (message: ThreadMessage<Opened, Answer>) => this.#settle(message));
    worker.on("error", () => this.#end());
    worker.on("exit", () => this.#end());
    worker.unref();
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  ask(question: Question, handedOver: readonly TransferListItem[] = []): Promise<Answer> {
    if (this.#isStopped) return Promise.reject(this.#stopped());
    const asked: Asked<Question> = { id: this.#askedCount++, question };
    return new Promise((resolve, reject) => {
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(asked.id, { resolve, reject });
      this.#worker.postMessage(asked, handedOver);
    });
  }

  async stop(): Promise<void> {
    this.#end();
    await this.#worker.terminate();
  }

  #settle(message: ThreadMessage<Opened, Answer>): void {
    if (message.kind !== "answer" && message.kind !== "refusal") return;
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (message.kind === "answer") pending?.resolve(message.answer);
    else pending?.reject(this.#receive(message.error));
  }

  #end(): void {
    this.#isStopped = true;
    for (const { reject } of this.#pending.values()) reject(this.#stopped());
    this.#pending.clear();
  }
}

/** An error of ours with its code; any other keeps the stack that it had in the thread, where its fault is. */
export function receiveError({ code, message, stack }: SentError): Error {
  if (code?.startsWith("COSFACE_")) return new CosfaceError(code, message);
  return Object.assign(new Error(message), stack === undefined ? {} : { stack });
}
