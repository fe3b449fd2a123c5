/** Threads of Node.js: worker_threads. */
import { parentPort, Worker, workerData } from "node:worker_threads";
import { InternalError } from "../core/index.ts";
import type { ThreadPlatform } from "./port.ts";

/**
 * What `bin/thread.js` is started with: a module of src/, without its ending, and the data that the module is opened
 * with.
 */
type ThreadStart = { readonly module: string; readonly data: unknown };

/** Not written where it is used: bundlers of pages would take the file, and all of src/, for a worker of the page. */
const THREAD = "../../../bin/thread.js";

/** Worker threads of this process. */
export const nodeThreads: ThreadPlatform = {
  start(module, data) {
    const start: ThreadStart = { module, data };
    const worker = new Worker(new URL(THREAD, import.meta.url), { workerData: start });
    return {
      // Shared memory cannot be moved and needs no copy.
      post: (message, moved) =>
        worker.postMessage(
          message,
          moved.filter((buffer) => buffer instanceof ArrayBuffer),
        ),
      onMessage: (listener) => worker.on("message", listener),
      onEnd: (listener) => {
        worker.on("error", listener);
        worker.on("messageerror", listener);
        worker.on("exit", () => listener(undefined));
      },
      keepAlive: (isKept) => (isKept ? worker.ref() : worker.unref()),
      terminate: async () => {
        await worker.terminate();
      },
    };
  },

  parent() {
    const port = parentPort;
    if (port === null) throw new InternalError("internal: the main program has no parent thread");
    return {
      data: (workerData as ThreadStart).data,
      post: (message) => port.postMessage(message),
      onMessage: (listener) => {
        port.on("message", listener);
        // A message that cannot be read has no number to refuse it by: the thread ends, and its caller rejects what
        // is pending.
        port.on("messageerror", () => process.exit(1));
      },
    };
  },
};
