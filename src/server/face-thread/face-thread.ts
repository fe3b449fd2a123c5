/** The thread of the networks, as the event loop sees it: promises, and an end to how much may wait. */
import { Worker } from "node:worker_threads";
import { CosfaceError, InternalError, UnavailableError } from "../../core/index.ts";
import type { EmbeddedFace, EmbedOptions, FaceModel, Faces, PictureFaces } from "../parts.ts";
import type { FaceTask, FoundFace, SentError, ThreadMessage, ThreadOptions } from "./messages.ts";

/** How the networks are run. */
export type FaceThreadOptions = ThreadOptions & {
  /** Most pictures that may wait; more are refused until some are done. Default 64. */
  readonly maximumPending?: number;
};

const DEFAULT_PENDING = 64;

/**
 * Starts a thread with a detector and an embedder in it.
 * @throws {ModelError | OptionError} as `openFaces`, with its code and message.
 */
export async function openFaceThread(options: FaceThreadOptions = {}): Promise<Faces> {
  const { maximumPending = DEFAULT_PENDING, ...threadOptions } = options;
  const worker = new Worker(new URL("../../../bin/face-thread.js", import.meta.url), { workerData: threadOptions });
  const model = await new Promise<FaceModel>((resolve, reject) => {
    worker.on("error", reject); // Without a listener, an error would end the process; once ready, it rejects nothing.
    worker.once("message", (message: ThreadMessage) => {
      if (message.kind === "ready") resolve(message.model);
      else if (message.kind === "failed") reject(receiveError(message.error));
    });
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  return new FaceThread(worker, model, maximumPending);
}

type Pending = {
  readonly resolve: (found: PictureFaces<FoundFace>) => void;
  readonly reject: (error: Error) => void;
};

class FaceThread implements Faces {
  readonly model: FaceModel;
  readonly #worker: Worker;
  readonly #maximumPending: number;
  readonly #pending = new Map<number, Pending>();
  #count = 0;
  #isClosed = false;

  constructor(worker: Worker, model: FaceModel, maximumPending: number) {
    this.model = model;
    this.#worker = worker;
    this.#maximumPending = maximumPending;
    worker.on("message", (message: ThreadMessage) => this.#receive(message));
    worker.on("error", () => this.#end());
    worker.on("exit", () => this.#end());
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  async detect(picture: Uint8Array): Promise<PictureFaces<Omit<EmbeddedFace, "embedding">>> {
    return this.#ask("detect", picture);
  }

  async embed(picture: Uint8Array, options?: EmbedOptions): Promise<PictureFaces<EmbeddedFace>> {
    return (await this.#ask("embed", picture, options)) as PictureFaces<EmbeddedFace>;
  }

  async close(): Promise<void> {
    this.#end();
    await this.#worker.terminate();
  }

  #ask(
    kind: FaceTask["kind"],
    bytes: Uint8Array,
    { quality = false, thumbnails = false }: EmbedOptions = {},
  ): Promise<PictureFaces<FoundFace>> {
    if (this.#isClosed) throw new UnavailableError("faces: the networks are not running: start the service again");
    if (this.#pending.size >= this.#maximumPending) {
      throw new UnavailableError(`faces: ${this.#pending.size} pictures wait already: try again in a moment`);
    }
    const id = this.#count++;
    // A buffer may be a part of a larger one that others use: what is handed over is a copy.
    const picture = new Uint8Array(bytes);
    const task: FaceTask = { id, kind, picture, thumbnails, quality };
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage(task, [picture.buffer]);
    });
  }

  #receive(message: ThreadMessage): void {
    if (message.kind !== "found" && message.kind !== "refused") return;
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === "found") pending?.resolve(message.found);
    else pending?.reject(receiveError(message.error));
  }

  #end(): void {
    this.#isClosed = true;
    for (const { reject } of this.#pending.values()) {
      reject(new UnavailableError("faces: the networks have stopped: try again when the service runs again"));
    }
    this.#pending.clear();
  }
}

function receiveError({ code, message }: SentError): CosfaceError {
  return code === undefined ? new InternalError(`internal: ${message}`) : new CosfaceError(code, message);
}
