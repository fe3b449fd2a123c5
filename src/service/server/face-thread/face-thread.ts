/** The thread of the networks as the event loop uses it: promises, and a limit on how many images wait. */
import { CosfaceError, ImageError, InternalError, UnavailableError } from "../../../base/core/index.ts";
import { type KeptThread, keepThread, receiveError, type SentError } from "../../../base/threads/index.ts";
import type { EmbedOptions, FaceModel, Faces, ImageFaces, ServedFace } from "../parts.ts";
import type { FaceTask, FaceThreadData, FoundFace } from "./messages.ts";

/** How the networks are run. */
export type FaceThreadOptions = FaceThreadData & {
  /** Most images that may wait; more are refused until some are done. Default 64. */
  readonly maximumPending?: number;
  /**
   * Longest time in seconds for one batch of images, after which the networks are started anew; default 60, and the
   * time that one image may take to decode.
   */
  readonly answerSeconds?: number;
};

const DEFAULT_PENDING = 64;

/** Longest time in seconds for one batch of images, after which the thread is ended and another started. */
const BATCH_SECONDS = 60;
/** Longest time in seconds that an image may be decoded before its batch, where no limit is stated. */
const DECODE_SECONDS = 30;

type NetworkThread = KeptThread<FaceModel, FaceTask, ImageFaces<FoundFace>>;

/**
 * Starts a thread with a detector and an embedder in it.
 * @throws {ModelError | OptionError} as `openFaces`, with its code and message.
 */
export async function openFaceThread(options: FaceThreadOptions = {}): Promise<Faces> {
  const { maximumPending = DEFAULT_PENDING, ...others } = options;
  const { limits: { maxSeconds = DECODE_SECONDS } = {} } = others;
  const { answerSeconds = BATCH_SECONDS + maxSeconds, ...data } = others;
  const thread = { data, stopped, receive, answerSeconds };
  return new FaceThread(await keepThread("service/server/face-thread/thread", thread), maximumPending);
}

/**
 * Images go to the thread as they come. When the thread ends under them, by a crash or its time limit, any of them may
 * be the cause: each is tried once more, alone, while new ones wait. The one that ends the thread again is refused.
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

  async detect(image: Uint8Array): Promise<ImageFaces<Omit<ServedFace, "embedding">>> {
    return this.#ask({ kind: "detect", image, thumbnails: false, quality: false });
  }

  async embed(
    image: Uint8Array,
    { quality = false, thumbnails = false }: EmbedOptions = {},
  ): Promise<ImageFaces<ServedFace>> {
    const found = await this.#ask({ kind: "embed", image, thumbnails, quality });
    return found as ImageFaces<ServedFace>;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#kept.stop();
  }

  async #ask(task: FaceTask): Promise<ImageFaces<FoundFace>> {
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
  async #askOnce(task: FaceTask): Promise<ImageFaces<FoundFace> | undefined> {
    const thread = await this.#kept.running();
    // A copy moves to the thread: the caller's bytes may be a part of a larger buffer, and may be needed once more.
    const image = new Uint8Array(task.image);
    try {
      return await thread.ask({ ...task, image }, { transfer: [image.buffer] });
    } catch (error) {
      if (thread.isStopped && !this.#isClosed) return undefined;
      throw error;
    }
  }

  async #tryAlone(task: FaceTask): Promise<ImageFaces<FoundFace>> {
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

/** An error that is not one of ours is a fault of cosface: it keeps its place in the code. */
function receive(sent: SentError): Error {
  const error = receiveError(sent);
  return error instanceof CosfaceError ? error : new InternalError(`internal: ${error.stack}`);
}
