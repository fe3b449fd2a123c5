/**
 * Threads that run a module beside the main program. This file is the interface; one file for each platform
 * implements it (`node.ts`: worker_threads and child_process), and `platform.ts` chooses.
 */

/** The main program's side of a thread. */
export interface ThreadPort {
  /** Sends a message. Buffers on the list are moved and empty here afterwards; everything else is copied. */
  post(message: unknown, moved: readonly ArrayBufferLike[]): void;
  /** Calls back for each message. */
  onMessage(listener: (message: unknown) => void): void;
  /**
   * Calls back with an error when the thread failed or sent a message that cannot be read, and with undefined when it
   * ended.
   */
  onEnd(listener: (cause: Error | undefined) => void): void;
  /** Sets whether the thread keeps the process from ending; at first it does. */
  keepAlive(isKept: boolean): void;
  /** Ends the thread at once. */
  terminate(): Promise<void>;
}

/** A thread's side of its connection to the main program. */
export interface ThreadParent {
  /** The data that the thread was started with. */
  readonly data: unknown;
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** What one platform provides to run threads. */
export interface ThreadPlatform {
  /** Starts a thread that imports a module of src/, named by its path below src/ without an ending. */
  start(module: string, data: unknown): ThreadPort;
  /**
   * Starts a process that does the same, at a lower priority. Its end also ends native code that it runs, which the end
   * of a thread leaves running, and frees its memory. All messages are copied.
   */
  startProcess(module: string, data: unknown): ThreadPort;
  /** The connection to the main program. Only for code that runs on a thread. */
  parent(): ThreadParent;
}
