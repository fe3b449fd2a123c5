/** The thread of the networks, as the event loop sees it: promises, and an end to how much may wait. */
import { CosfaceError, ImageError, InternalError, UnavailableError } from "../../../base/core/index.ts";
import { type KeptThread, keepThread, receiveError, type SentError } from "../../../base/threads/index.ts";
import type { EmbeddedFace, EmbedOptions, FaceModel, Faces, PictureFaces } from "../parts.ts";
import type { FaceTask, FaceThreadData, FoundFace } from "./messages.ts";

/** How the networks are run. */
export type FaceThreadOptions = FaceThreadData & {
  /** Most pictures that may wait; more are refused until some are done. Default 64. */
  readonly maximumPending?: number;
  /** Longest time in seconds for one batch of pictures, after which the networks are started anew; default 60. */
  readonly answerSeconds?: number;
};

const DEFAULT_PENDING = 64;

/** Longest time in seconds for one batch of pictures, after which the thread is ended and another started. */
const BATCH_SECONDS = 60;

type NetworkThread = KeptThread<FaceModel, FaceTask, PictureFaces<FoundFace>>;

/**
 * Starts a thread with a detector and an embedder in it.
 * @throws {ModelError | OptionError} as `openFaces`, with its code and message.
 */
export async function openFaceThread(options: FaceThreadOptions = {}): Promise<Faces> {
  const { maximumPending = DEFAULT_PENDING, answerSeconds = BATCH_SECONDS, ...data } = options;
  const thread = { data, stopped, receive, answerSeconds };
  return new FaceThread(await keepThread("service/server/face-thread/thread", thread), maximumPending);
}

/**
 * Images go to the thread as they come. When the thread ends under them, by a crash or its time limit, any of them may be the
 * cause: each is tried once more, alone, while new ones wait. The one that ends the thread again is refused.
 */
class FaceThread implements Faces {
  readonly #kept: NetworkThread;
  readonly #maximumPending: number;
  #pendingCount = 0;
  #isClosed = false;
  /** Resolves when no image is being tried alone. */
  #trials: Promise<unknown> = Promise.resolve();

  constructor(kept: NetworkThread, maximumPending: number) {
    this.#kept = kept;
    this.#maximumPending = maximumPending;
  }

  get model(): FaceModel {
    return this.#kept.latest.opened;
  }

  get pendingCount(): number {
    return this.#pendingCount;
  }

  async detect(picture: Uint8Array): Promise<PictureFaces<Omit<EmbeddedFace, "embedding">>> {
    return this.#ask({ kind: "detect", picture, thumbnails: false, quality: false });
  }

  async embed(
    picture: Uint8Array,
    { quality = false, thumbnails = false }: EmbedOptions = {},
  ): Promise<PictureFaces<EmbeddedFace>> {
    const found = await this.#ask({ kind: "embed", picture, thumbnails, quality });
    return found as PictureFaces<EmbeddedFace>;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#kept.stop();
  }

  async #ask(task: FaceTask): Promise<PictureFaces<FoundFace>> {
    if (this.#pendingCount >= this.#maximumPending) {
      throw new UnavailableError(`faces: ${this.#pendingCount} images wait already: try again in a moment`);
    }
    this.#pendingCount++;
    try {
      await this.#trials;
      return (await this.#askOnce(task)) ?? (await this.#tryAlone(task));
    } finally {
      this.#pendingCount--;
    }
  }

  /** Undefined when the thread ended before it answered. */
  async #askOnce(task: FaceTask): Promise<PictureFaces<FoundFace> | undefined> {
    const thread = await this.#kept.running();
    // A copy moves to the thread: the caller's bytes may be a part of a larger buffer, and may be needed once more.
    const picture = new Uint8Array(task.picture);
    try {
      return await thread.ask({ ...task, picture }, { transfer: [picture.buffer] });
    } catch (error) {
      if (thread.isStopped && !this.#isClosed) return undefined;
      throw error;
    }
  }

  async #tryAlone(task: FaceTask): Promise<PictureFaces<FoundFace>> {
    const trial = this.#trials.then(() => this.#askOnce(task));
    this.#trials = trial.catch(() => undefined);
    const found = await trial;
    if (found !== undefined) return found;
    throw new ImageError("image: looking at it took too long, or ended the networks: leave it out, or make it smaller");
  }
}

function stopped(): UnavailableError {
  return new UnavailableError("faces: the networks are not running: try again when the service runs again");
}

/** What is no error of ours is a fault of cosface, told by where it was. */
function receive(sent: SentError): Error {
  const error = receiveError(sent);
  return error instanceof CosfaceError ? error : new InternalError(`internal: ${error.stack}`);
}
