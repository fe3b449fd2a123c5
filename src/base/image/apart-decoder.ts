/**
 * Decoders that nothing can interrupt run apart from the program: WebAssembly on a thread, native code in a process.
 * Each is started with its first image, decodes one image at a time, and is ended when one takes too long, so that no
 * file occupies it for longer than the limit of seconds.
 */
import { ImageError } from "../core/index.ts";
import { type KeptThread, keepThread, type SentError } from "../threads/index.ts";
import type { CodecFormat } from "./codec.ts";
import { type DecodeLimits, limitHint } from "./image-size.ts";
import type { RgbImage } from "./rgb-image.ts";

/** A file to decode. */
export type DecoderTask = {
  readonly bytes: Uint8Array;
  readonly format: CodecFormat;
  readonly limits: Required<DecodeLimits>;
};

/** How a decoder runs. */
export type ApartOptions = {
  /** Native code, which the end of a thread would leave running. */
  readonly isProcess: boolean;
  /** Converts an error that the decoder sent. */
  readonly receive: (error: SentError) => Error;
  /** Whether the decoder is ended after it has decoded an image, or thrown an error. */
  readonly endsAfter: (outcome: RgbImage | Error) => boolean;
};

type Kept = KeptThread<null, DecoderTask, RgbImage>;

/** A decoder in a module of src/ that calls `answerQuestions`. */
export class ApartDecoder {
  readonly #module: string;
  readonly #options: ApartOptions;
  #starting: Promise<Kept> | undefined;
  /** Resolves when the images before have been decoded. */
  #last: Promise<unknown> = Promise.resolve();
  #waitingCount = 0;

  constructor(module: string, options: ApartOptions) {
    this.#module = module;
    this.#options = options;
  }

  /** Images that wait or are being decoded. */
  get waitingCount(): number {
    return this.#waitingCount;
  }

  /**
   * Decodes an image after those before it. The limit of seconds counts from its turn on.
   * @throws {ImageError} when it cannot be decoded, or takes too long.
   */
  decode(task: DecoderTask): Promise<RgbImage> {
    this.#waitingCount++;
    const decoded = this.#last
      .then(() => this.#decodeNow(task))
      .finally(() => {
        this.#waitingCount--;
      });
    this.#last = decoded.catch(() => undefined);
    return decoded;
  }

  async #decodeNow({ bytes, format, limits }: DecoderTask): Promise<RgbImage> {
    const { maxSeconds } = limits;
    const thread = await (await this.#kept(format)).running();
    const copy = Uint8Array.from(bytes); // Moves to the thread, and the caller keeps its own.
    const start = performance.now();
    const overrun = (options?: ErrorOptions) =>
      new ImageError(`${format}: decoding took longer than ${maxSeconds} s (${limitHint("maxSeconds")})`, options);
    let image: RgbImage;
    try {
      image = await thread.ask({ bytes: copy, format, limits }, { transfer: [copy.buffer], seconds: maxSeconds });
    } catch (cause) {
      const isOverrun = thread.isTimedOut;
      if (isOverrun || (cause instanceof Error && this.#options.endsAfter(cause))) await thread.stop();
      throw isOverrun ? overrun({ cause }) : cause;
    }
    if (this.#options.endsAfter(image)) await thread.stop();
    // Timers wait for whole milliseconds: an answer may be there first, and late all the same.
    if (performance.now() - start > 1000 * maxSeconds) throw overrun();
    return image;
  }

  async #kept(format: CodecFormat): Promise<Kept> {
    const { isProcess, receive } = this.#options;
    this.#starting ??= keepThread<null, DecoderTask, RgbImage>(this.#module, {
      data: null,
      isProcess,
      stopped: () => new ImageError("image: cannot be decoded: the decoder has ended: damaged, or too little memory?"),
      receive,
    });
    try {
      return await this.#starting;
    } catch (cause) {
      this.#starting = undefined;
      throw cause instanceof ImageError ? cause : new ImageError(`${format}: the decoder cannot be started`, { cause });
    }
  }
}
