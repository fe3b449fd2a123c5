/** Threads of Node.js: worker_threads, and child_process where the end of a thread is not enough. */
import { fork } from "node:child_process";
import { setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { InternalError } from "../core/index.ts";
import type { ThreadParent, ThreadPlatform } from "./port.ts";

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

  startProcess(module, data) {
    const child = fork(fileURLToPath(new URL(THREAD, import.meta.url)), [module, JSON.stringify(data)], {
      serialization: "advanced", // Copies bytes as they are; JSON would write a number for each.
      execArgv: [],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    return {
      post: (message) => void child.send(message as object),
      onMessage: (listener) => child.on("message", listener),
      onEnd: (listener) => {
        child.on("error", listener);
        child.on("exit", () => listener(undefined));
      },
      keepAlive: (isKept) => {
        const ends = [child, child.channel];
        for (const end of ends) isKept ? end?.ref() : end?.unref();
      },
      terminate: () =>
        new Promise((resolve) => {
          if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resolve();
          child.once("exit", () => resolve());
          child.kill("SIGKILL");
        }),
    };
  },

  parent() {
    const port = parentPort;
    if (port === null) return parentProcess();
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

/** A third of the main program's share where both want a core; the lowest priority would starve. */
const LOWER_PRIORITY = 5;

/** A process's side: as long as the main program lives it works on, and a signal to both is the main program's. */
function parentProcess(): ThreadParent {
  if (process.send === undefined) throw new InternalError("internal: the main program has no parent thread");
  setPriority(LOWER_PRIORITY);
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => {});
  // An exit would wait for native code to end.
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  const [, , , data = "null"] = process.argv;
  return {
    data: JSON.parse(data),
    post: (message) => void process.send?.(message),
    onMessage: (listener) => void process.on("message", listener),
  };
}
