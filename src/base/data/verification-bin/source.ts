import { DatasetError } from "../../core/index.ts";

/** Reads the bytes of a pickle from front to back. */
export class PickleBytes {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  /** Offset of the next byte. */
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
    return latin1Text(bytes.subarray(0, -1));
  }
}

/** Characters that a call takes at once. */
const CHUNK = 8192;

/** Text with one character for each byte. */
function latin1Text(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
}

/** An unsigned whole number of any length. */
export function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((sum, byte) => 256 * sum + byte, 0);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** Bytes from Python 2's repr of a string, which protocol 0 writes. */
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

/** One byte for each character. */
export function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Text from UTF-8. */
export function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
