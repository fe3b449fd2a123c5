/** The thread of the networks, as the event loop sees it: promises, and an end to how much may wait. */
import { CosfaceError, InternalError, UnavailableError } from "../../../base/core/index.ts";
import { receiveError, type SentError, startThread, type Thread } from "../../../base/threads/index.ts";
import type { EmbeddedFace, EmbedOptions, FaceModel, Faces, PictureFaces } from "../parts.ts";
import type { FaceTask, FaceThreadData, FoundFace } from "./messages.ts";

/** How the networks are run. */
export type FaceThreadOptions = FaceThreadData & {
  /** Most pictures that may wait; more are refused until some are done. Default 64. */
  readonly maximumPending?: number;
};

const DEFAULT_PENDING = 64;

/**
 * Starts a thread with a detector and an embedder in it.
 * @throws {ModelError | OptionError} as `openFaces`, with its code and message.
 */
export async function openFaceThread(options: FaceThreadOptions = {}): Promise<Faces> {
  const { maximumPending = DEFAULT_PENDING, ...data } = options;
  return new FaceThread(
    await startThread("service/server/face-thread/thread", { data, stopped, receive }),
    maximumPending,
  );
}

class FaceThread implements Faces {
  readonly #thread: Thread<FaceModel, FaceTask, PictureFaces<FoundFace>>;
  readonly #maximumPending: number;

  constructor(thread: Thread<FaceModel, FaceTask, PictureFaces<FoundFace>>, maximumPending: number) {
    this.#thread = thread;
    this.#maximumPending = maximumPending;
  }

  get model(): FaceModel {
    return this.#thread.opened;
  }

  get pendingCount(): number {
    return this.#thread.pendingCount;
  }

  async detect(picture: Uint8Array): Promise<PictureFaces<Omit<EmbeddedFace, "embedding">>> {
    return this.#ask("detect", picture);
  }

  async embed(picture: Uint8Array, options?: EmbedOptions): Promise<PictureFaces<EmbeddedFace>> {
    return (await this.#ask("embed", picture, options)) as PictureFaces<EmbeddedFace>;
  }

  close(): Promise<void> {
    return this.#thread.stop();
  }

  #ask(
    kind: FaceTask["kind"],
    bytes: Uint8Array,
    { quality = false, thumbnails = false }: EmbedOptions = {},
  ): Promise<PictureFaces<FoundFace>> {
    if (this.pendingCount >= this.#maximumPending) {
      throw new UnavailableError(`faces: ${this.pendingCount} pictures wait already: try again in a moment`);
    }
    // A buffer may be a part of a larger one that others use: what is handed over is a copy.
    const picture = new Uint8Array(bytes);
    return this.#thread.ask({ kind, picture, thumbnails, quality }, [picture.buffer]);
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
