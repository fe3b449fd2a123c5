import { DatasetError } from "../../core/index.ts";

/** Bytes of a pickle, taken from the front. */
export class PickleBytes {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  /** Of the next byte. */
  offset = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#name = name;
  }

  /** @throws {DatasetError} when fewer are left. */
  take(count: number): Uint8Array {
    const end = this.offset + count;
    if (end > this.#bytes.length) {
      throw new DatasetError(`${this.#name}: truncated: the pickle goes on after its ${this.#bytes.length} bytes`);
    }
    const taken = this.#bytes.subarray(this.offset, end);
    this.offset = end;
    return taken;
  }

  /** A little-endian number. */
  unsigned(byteCount: 1 | 2 | 4 | 8): number {
    return littleEndian(this.take(byteCount));
  }

  /** Text up to the end of the line. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.offset);
    const bytes = this.take(end < 0 ? Number.POSITIVE_INFINITY : end + 1 - this.offset);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength - 1).toString("latin1");
  }
}

export function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((sum, byte) => 256 * sum + byte, 0);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** Bytes from Python 2's repr of a string, as its protocol 0 writes them. */
export function unquote(text: string): Uint8Array {
  const inner = text.slice(1, -1);
  const plain = inner.replace(/\\(?:x([0-9a-f]{2})|([\s\S]))/gi, (_, hex: string | undefined, other: string) =>
    hex === undefined ? (ESCAPES[other] ?? other) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return latin1Bytes(plain);
}

/** Text in Python's `raw-unicode-escape`. */
export function rawUnicode(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

export function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
