/**
 * Named tensors as one file in the safetensors layout: eight bytes with the length of a JSON header, the header with each
 * tensor's type, shape and place, then the bytes of all. Any tool that reads that format reads a checkpoint.
 *
 * @see https://github.com/huggingface/safetensors#format
 */
import { TrainingError } from "../core/index.ts";
import type { Tensors } from "../runtime/index.ts";

type Entry = {
  readonly dtype: "F32";
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
};

const METADATA = "__metadata__";

/** The file's bytes, in two parts: the header and one buffer per tensor. */
export function encodeTensors(tensors: Tensors, metadata: Readonly<Record<string, string>>): Uint8Array[] {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + bytes.length] } satisfies Entry;
    parts.push(bytes);
    offset += bytes.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Tensors begin at a multiple of 8, as the format recommends: spaces fill the header up.
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  return [length, padded, ...parts];
}

/** Tensors and metadata of a file. @throws {TrainingError} when the bytes are no such file, or cut off. */
export function decodeTensors(
  bytes: Uint8Array,
  what: string,
): { tensors: Tensors; metadata: Readonly<Record<string, string>> } {
  const broken = (reason: string) =>
    new TrainingError(`${what}: ${reason}: this checkpoint is damaged, use an earlier one`);
  if (bytes.length < 8) throw broken(`got ${bytes.length} bytes, expected a header`);
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (headerLength > bytes.length - 8) throw broken(`got ${bytes.length} bytes, expected a header of ${headerLength}`);
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength))) as Record<string, unknown>;
  } catch (cause) {
    throw new TrainingError(`${what}: its header is no JSON: this checkpoint is damaged, use an earlier one`, {
      cause,
    });
  }
  const start = 8 + headerLength;
  const tensors = Object.fromEntries(
    Object.entries(header).flatMap(([name, value]) => {
      if (name === METADATA) return [];
      const { shape, data_offsets: offsets } = value as Entry;
      if (start + offsets[1] > bytes.length) throw broken(`got ${bytes.length} bytes, expected ${start + offsets[1]}`);
      // Copied, since a Float32Array must begin at a multiple of 4 of its buffer. (A Buffer's own slice() is a view.)
      const data = new Float32Array(Uint8Array.from(bytes.subarray(start + offsets[0], start + offsets[1])).buffer);
      return [[name, { type: "f32" as const, shape, data }]];
    }),
  );
  return { tensors, metadata: (header[METADATA] ?? {}) as Record<string, string> };
}
