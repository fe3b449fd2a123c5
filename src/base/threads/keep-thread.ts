import { startThread, type Thread, type ThreadOptions } from "./start-thread.ts";

/** A thread that is replaced by a new one after it ended by a fault, an unreadable message or its time limit. */
export interface KeptThread<Opened, Question, Answer> {
  /** The thread that was started last, which may have ended. */
  readonly latest: Thread<Opened, Question, Answer>;
  /** The running thread; starts a new one if the last one has ended. @throws what starting it throws. */
  running(): Promise<Thread<Opened, Question, Answer>>;
  /** Ends the thread for good. */
  stop(): Promise<void>;
}

/** Starts a thread as `startThread` does, and keeps one running until `stop` is called. */
export async function keepThread<Opened, Question, Answer>(
  module: string,
  options: ThreadOptions,
): Promise<KeptThread<Opened, Question, Answer>> {
  const start = () => startThread<Opened, Question, Answer>(module, options);
  let latest = await start();
  let starting: Promise<void> | undefined;
  let isOver = false;

  async function restart(): Promise<void> {
    await latest.stop(); // Waits until the old one is gone: both may hold the same files.
    latest = await start();
  }
  return {
    get latest() {
      return latest;
    },
    async running() {
      if (isOver) throw options.stopped();
      if (latest.isStopped) {
        starting ??= restart().finally(() => {
          starting = undefined;
        });
        await starting;
        if (isOver) {
          await latest.stop();
          throw options.stopped();
        }
      }
      return latest;
    },
    async stop() {
      isOver = true;
      await starting?.catch(() => undefined);
      await latest.stop();
    },
  };
}
