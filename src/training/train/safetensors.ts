/**
 * Named tensors as one file in the safetensors layout: eight bytes with the length of a JSON header, the header with
 * each tensor's type, shape and offsets, then the bytes of all. Any tool that reads the format reads a checkpoint.
 *
 * @see https://github.com/huggingface/safetensors#format
 */
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { TrainingError } from "../../base/core/index.ts";
import type { Tensor, Tensors } from "../../compiler/runtime/index.ts";

type Entry = {
  readonly dtype: "F32";
  readonly shape: readonly number[];
  /** First byte of the tensor and the byte after its last one, counted from the end of the header. */
  readonly data_offsets: readonly [number, number];
};

type Metadata = Readonly<Record<string, string>>;

const METADATA = "__metadata__";

/** The file's bytes in parts: the header, and a buffer for each tensor. */
export function encodeTensors(tensors: Tensors, metadata: Metadata): Uint8Array[] {
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

/**
 * Tensors and metadata of a file. Each tensor is read into its own array and nothing else is held: those of a large
 * head have gigabytes. The tensors must lie one behind the other, from the header to the end of the file.
 *
 * @throws {TrainingError} when the bytes are not such a file, or cut off.
 */
export async function readTensors(path: string): Promise<{ tensors: Tensors; metadata: Metadata }> {
  const damaged = (reason: string, cause?: unknown) =>
    new TrainingError(`${basename(path)}: ${reason}: this checkpoint is damaged, use an earlier one`, {
      cause,
      file: path,
    });
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size < 8) throw damaged(`got ${size} bytes, expected a header`);
    const lengthBytes = await readBytes(file, 0, 8);
    const headerLength = Number(new DataView(lengthBytes.buffer).getBigUint64(0, true));
    if (headerLength > size - 8) throw damaged(`got ${size} bytes, expected a header of ${headerLength}`);
    const { metadata, entries } = parseHeader(await readBytes(file, 8, headerLength), damaged);
    const start = 8 + headerLength;
    const tensors = new Map<string, Tensor>();
    let end = 0;
    for (const [name, entry] of entries) {
      const [from, to] = entry.data_offsets;
      if (from !== end) throw damaged(`got a tensor at byte ${from} of the data, expected one at ${end}`);
      if (start + to > size) throw damaged(`got ${size} bytes, expected ${start + to}`);
      const bytes = await readBytes(file, start + from, to - from);
      tensors.set(name, { type: "f32", shape: entry.shape, data: new Float32Array(bytes.buffer) });
      end = to;
    }
    if (start + end !== size) throw damaged(`got ${size} bytes, expected ${start + end}`);
    return { tensors: Object.fromEntries(tensors), metadata };
  } finally {
    await file.close();
  }
}

function parseHeader(
  bytes: Uint8Array,
  damaged: (reason: string, cause?: unknown) => TrainingError,
): { readonly metadata: Metadata; readonly entries: readonly (readonly [string, Entry])[] } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw damaged("its header is not JSON", cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw damaged("its header is not an object");
  }
  const { [METADATA]: metadata = {}, ...rest } = header as Record<string, unknown>;
  if (!isMetadata(metadata)) throw damaged("its metadata are not texts by name");
  const entries = Object.entries(rest).map(([name, entry]) => {
    if (isEntry(entry)) return [name, entry] as const;
    throw damaged("a tensor of its header is not one of type F32 whose bytes fit its shape");
  });
  return { metadata, entries };
}

function isMetadata(value: unknown): value is Metadata {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((text: unknown) => typeof text === "string")
  );
}

function isEntry(value: unknown): value is Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Record<keyof Entry, unknown>>;
  if (dtype !== "F32" || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) return false;
  const [from = 0, to = 0] = offsets;
  return to - from === shape.reduce((bytes, size) => bytes * size, Float32Array.BYTES_PER_ELEMENT);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** Node.js reads less than 2 GiB at once. */
const MOST_AT_ONCE = 2 ** 30;

async function readBytes(file: FileHandle, position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(MOST_AT_ONCE, length - done), position + done);
    if (bytesRead === 0)
      throw new TrainingError(`checkpoint: got ${done} bytes, expected ${length}: the file was cut off`);
    done += bytesRead;
  }
  return bytes;
}
