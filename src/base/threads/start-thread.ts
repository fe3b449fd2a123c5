/**
 * Runs a module on its own thread, for code that blocks the thread that calls it: a network, or a database in
 * WebAssembly. The module is opened once and then answers questions. Many questions may be pending; each is a promise
 * of its answer.
 *
 * A thread ends when its module throws or exits, when one of its messages cannot be read, and when it gives no answer
 * within the time limit. Then every pending question is rejected: no caller waits for an answer that will not come.
 */
import { CosfaceError } from "../core/index.ts";
import type { Asked, SentError, ThreadMessage } from "./messages.ts";
import { threads } from "./platform.ts";
import type { ThreadPort } from "./port.ts";

/** An open thread. While no question is pending, it does not keep the process alive. */
export interface Thread<Opened, Question, Answer> {
  /** What the module returned when it was opened. */
  readonly opened: Opened;
  /** Number of questions without an answer yet. */
  readonly pendingCount: number;
  /** Whether the thread has ended, for whatever reason. */
  readonly isStopped: boolean;
  /** Whether it has ended because it gave no answer within the time limit. */
  readonly isTimedOut: boolean;
  /** Sends a question. Memory in `transfer` moves to the thread and is empty here afterwards; all else is copied. */
  ask(question: Question, options?: AskOptions): Promise<Answer>;
  /** Ends the thread at once and rejects pending questions; resolves when the thread is gone. */
  stop(): Promise<void>;
}

/** How one question is sent. */
export type AskOptions = {
  readonly transfer?: readonly ArrayBufferLike[];
  /** Time limit in seconds for this question; default the thread's `answerSeconds`. */
  readonly seconds?: number;
};

/** How a thread is started. */
export type ThreadOptions = {
  /** Data that the module is opened with. */
  readonly data: unknown;
  /** Makes the error that rejects questions to a thread that has ended. */
  readonly stopped: () => Error;
  /** Converts an error that the thread sent; default {@link receiveError}. */
  readonly receive?: (error: SentError) => Error;
  /**
   * Longest time in seconds that the thread may stay silent while questions are pending, before it is ended; default
   * 300. The time starts anew with each answer, since a thread may work on its questions one after the other.
   */
  readonly answerSeconds?: number;
  /** Starts a process, for native code that the end of a thread would not end; default false. */
  readonly isProcess?: boolean;
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
  { data, stopped, receive = receiveError, answerSeconds = DEFAULT_ANSWER_SECONDS, isProcess = false }: ThreadOptions,
): Promise<Thread<Opened, Question, Answer>> {
  const port = isProcess ? threads.startProcess(module, data) : threads.start(module, data);
  const opened = await new Promise<Opened>((resolve, reject) => {
    port.onEnd((cause) => reject(cause ?? stopped())); // Once the thread is open, this rejects nothing.
    port.onMessage((sent) => {
      const message = sent as ThreadMessage<Opened, Answer>;
      if (message.kind === "opened") resolve(message.opened);
      else if (message.kind === "failed") reject(receive(message.error));
    });
  }).catch(async (error: unknown) => {
    await port.terminate();
    throw error;
  });
  return new OpenThread(port, { opened, stopped, receive, answerSeconds });
}

type Pending<Answer> = {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly seconds: number;
};

type OpenOptions<Opened> = Required<Omit<ThreadOptions, "data" | "isProcess">> & { readonly opened: Opened };

class OpenThread<Opened, Question, Answer> implements Thread<Opened, Question, Answer> {
  readonly opened: Opened;
  readonly #port: ThreadPort;
  readonly #options: OpenOptions<Opened>;
  readonly #pending = new Map<number, Pending<Answer>>();
  #askedCount = 0;
  #isStopped = false;
  #isTimedOut = false;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(port: ThreadPort, options: OpenOptions<Opened>) {
    this.opened = options.opened;
    this.#port = port;
    this.#options = options;
    port.onMessage((message) => this.#finish(message as ThreadMessage<Opened, Answer>));
    // Also for an answer that cannot be read: it has no number, so any question might wait for it for ever.
    port.onEnd(() => void this.stop());
    port.keepAlive(false);
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get isTimedOut(): boolean {
    return this.#isTimedOut;
  }

  ask(question: Question, { transfer = [], seconds = this.#options.answerSeconds }: AskOptions = {}): Promise<Answer> {
    if (this.#isStopped) return Promise.reject(this.#options.stopped());
    const asked: Asked<Question> = { id: this.#askedCount++, question };
    return new Promise((resolve, reject) => {
      this.#port.post(asked, transfer); // Throws when the question cannot be copied, such as one nested too deep.
      this.#port.keepAlive(true);
      this.#pending.set(asked.id, { resolve, reject, seconds });
      if (this.#silence === undefined) this.#watch();
    });
  }

  async stop(): Promise<void> {
    this.#end();
    await this.#port.terminate();
  }

  #finish(message: ThreadMessage<Opened, Answer>): void {
    if (message.kind !== "answer" && message.kind !== "refusal") return;
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (this.#pending.size === 0) this.#port.keepAlive(false);
    this.#watch();
    if (message.kind === "answer") pending?.resolve(message.answer);
    else pending?.reject(this.#options.receive(message.error));
  }

  /** Restarts the time limit for the next answer. */
  #watch(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
    if (this.#pending.size === 0) return;
    const seconds = Math.max(...[...this.#pending.values()].map((pending) => pending.seconds));
    this.#silence = setTimeout(() => {
      this.#isTimedOut = true;
      void this.stop();
    }, 1000 * seconds);
  }

  #end(): void {
    this.#isStopped = true;
    clearTimeout(this.#silence);
    this.#silence = undefined;
    for (const { reject } of this.#pending.values()) reject(this.#options.stopped());
    this.#pending.clear();
  }
}

/** Restores an error of cosface with its code; any other keeps its stack from the thread, which shows the fault. */
export function receiveError({ code, message, stack }: SentError): Error {
  if (code?.startsWith("COSFACE_")) return new CosfaceError(code, message);
  return Object.assign(new Error(message), stack === undefined ? {} : { stack });
}
