import { INTERRUPTED } from "./exit-codes.ts";
import { note, progress } from "./output.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Takes the handlers off again. */
let release: () => void = () => {};

/**
 * The first Ctrl-C aborts the signal, with a note that says what follows; the second ends the process. A command that
 * ends with the signal's reason exits with code 130.
 */
export function interruption(text: string): AbortController {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    note(`${text}; once more to stop at once`);
    controller.abort();
  };
  releaseSignals();
  for (const signal of SIGNALS) process.on(signal, onSignal);
  release = () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  return controller;
}

/** Gives the signals back to the system, after a command has ended. */
export function releaseSignals(): void {
  release();
  release = () => {};
}

/** Shows how far a command is, and ends it there with the signal's reason once the signal is aborted. */
export function stoppable(signal: AbortSignal, content: string): (done: number, total: number) => void {
  return (done, total) => {
    signal.throwIfAborted();
    progress(`${done} of ${total} ${content}`);
  };
}

/** The same items, until the signal is aborted: then the signal's reason is thrown. */
export async function* until<T>(signal: AbortSignal, items: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const item of items) {
    signal.throwIfAborted();
    yield item;
  }
}
