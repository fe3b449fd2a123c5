/**
 * Runs a module on its own thread, for code that blocks the thread that calls it: a network, or a database in WebAssembly.
 * The module is opened once and then answers questions. Many questions may be pending; each is a promise of its answer.
 *
 * A thread ends when its module throws or exits, when one of its messages cannot be read, and when it gives no answer within
 * the time limit. Then every pending question is rejected: no caller waits for an answer that will not come.
 */
import { type TransferListItem, Worker } from "node:worker_threads";
import { CosfaceError } from "../core/index.ts";
import type { Asked, SentError, ThreadMessage, ThreadStart } from "./messages.ts";

/** An open thread. While no question is pending, it does not keep the process alive. */
export interface Thread<Opened, Question, Answer> {
  /** What the module returned when it was opened. */
  readonly opened: Opened;
  /** Number of questions without an answer yet. */
  readonly pendingCount: number;
  /** Whether the thread has ended, for whatever reason. */
  readonly isStopped: boolean;
  /** Sends a question. Memory in `transfer` moves to the thread and is empty here afterwards; all else is copied. */
  ask(question: Question, options?: AskOptions): Promise<Answer>;
  /** Ends the thread at once and rejects pending questions; resolves when the thread is gone. */
  stop(): Promise<void>;
}

/** How one question is sent. */
export type AskOptions = {
  readonly transfer?: readonly TransferListItem[];
  /** Time limit in seconds for this question; default the thread's `answerSeconds`. */
  readonly seconds?: number;
};

/** How a thread is started. */
export type ThreadOptions = {
  /** What the module is opened with. */
  readonly data: unknown;
  /** Makes the error that rejects questions to a thread that has ended. */
  readonly stopped: () => Error;
  /** Converts an error that the thread sent; default {@link receiveError}. */
  readonly receive?: (error: SentError) => Error;
  /**
   * Longest time in seconds that the thread may stay silent while questions are pending, before it is ended; default 300. The
   * time starts anew with each answer, since a thread may work on its questions one after the other.
   */
  readonly answerSeconds?: number;
};

const DEFAULT_ANSWER_SECONDS = 300;

/**
 * Starts a thread with a module that calls `answerQuestions`.
 *
 * @param module path of the module below src/, without an ending, such as "face/network-thread".
 * @throws what the module threw while it was opened, with its code and message.
 */
export async function startThread<Opened, Question, Answer>(
  module: string,
  { data, stopped, receive = receiveError, answerSeconds = DEFAULT_ANSWER_SECONDS }: ThreadOptions,
): Promise<Thread<Opened, Question, Answer>> {
  const workerData: ThreadStart = { module, data };
  const worker = new Worker(new URL("../../../bin/thread.js", import.meta.url), { workerData });
  const opened = await new Promise<Opened>((resolve, reject) => {
    worker.on("error", reject); // Without a listener, an error would end the process; once open, it rejects nothing.
    worker.once("messageerror", reject);
    worker.once("exit", () => reject(stopped()));
    worker.once("message", (message: ThreadMessage<Opened, Answer>) => {
      if (message.kind === "opened") resolve(message.opened);
      else if (message.kind === "failed") reject(receive(message.error));
    });
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  return new OpenThread(worker, { opened, stopped, receive, answerSeconds });
}

type Pending<Answer> = {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly seconds: number;
};

type OpenOptions<Opened> = Required<Omit<ThreadOptions, "data">> & { readonly opened: Opened };

class OpenThread<Opened, Question, Answer> implements Thread<Opened, Question, Answer> {
  readonly opened: Opened;
  readonly #worker: Worker;
  readonly #options: OpenOptions<Opened>;
  readonly #pending = new Map<number, Pending<Answer>>();
  #askedCount = 0;
  #isStopped = false;
  #silence: NodeJS.Timeout | undefined;

  constructor(worker: Worker, options: OpenOptions<Opened>) {
    this.opened = options.opened;
    this.#worker = worker;
    this.#options = options;
    worker.on("message", (message: ThreadMessage<Opened, Answer>) => this.#settle(message));
    // An answer that cannot be read has no number: nobody knows which question would wait for it for ever.
    worker.on("messageerror", () => void this.stop());
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

  ask(question: Question, { transfer = [], seconds = this.#options.answerSeconds }: AskOptions = {}): Promise<Answer> {
    if (this.#isStopped) return Promise.reject(this.#options.stopped());
    const asked: Asked<Question> = { id: this.#askedCount++, question };
    return new Promise((resolve, reject) => {
      this.#worker.postMessage(asked, transfer); // Throws when the question cannot be copied, such as one nested too deep.
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(asked.id, { resolve, reject, seconds });
      if (this.#silence === undefined) this.#watch();
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
    this.#watch();
    if (message.kind === "answer") pending?.resolve(message.answer);
    else pending?.reject(this.#options.receive(message.error));
  }

  /** Starts the time anew within which the next answer has to come. */
  #watch(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
    if (this.#pending.size === 0) return;
    const seconds = Math.max(...[...this.#pending.values()].map((pending) => pending.seconds));
    this.#silence = setTimeout(() => void this.stop(), 1000 * seconds);
  }

  #end(): void {
    this.#isStopped = true;
    clearTimeout(this.#silence);
    this.#silence = undefined;
    for (const { reject } of this.#pending.values()) reject(this.#options.stopped());
    this.#pending.clear();
  }
}

/** An error of ours keeps its code; any other keeps the stack that it had in the thread, where its fault is. */
export function receiveError({ code, message, stack }: SentError): Error {
  if (code?.startsWith("COSFACE_")) return new CosfaceError(code, message);
  return Object.assign(new Error(message), stack === undefined ? {} : { stack });
}
