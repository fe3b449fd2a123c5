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
  readonly data_offsets: readonly [number, number];
};

const METADATA = "__metadata__";

/** The file's bytes in parts: the header, and a buffer for each tensor. */
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

/**
 * Tensors and metadata of a file. Each tensor is read into its own array and nothing else is held: those of a large
 * head have gigabytes.
 *
 * @throws {TrainingError} when the bytes are not such a file, or cut off.
 */
export async function readTensors(
  path: string,
): Promise<{ tensors: Tensors; metadata: Readonly<Record<string, string>> }> {
  const broken = (reason: string, cause?: unknown) =>
    new TrainingError(`${basename(path)}: ${reason}: this checkpoint is damaged, use an earlier one`, { cause });
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size < 8) throw broken(`got ${size} bytes, expected a header`);
    const lengthBytes = await readBytes(file, 0, 8);
    const headerLength = Number(new DataView(lengthBytes.buffer).getBigUint64(0, true));
    if (headerLength > size - 8) throw broken(`got ${size} bytes, expected a header of ${headerLength}`);
    const text = new TextDecoder().decode(await readBytes(file, 8, headerLength));
    let header: Record<string, unknown>;
    try {
      header = JSON.parse(text) as Record<string, unknown>;
    } catch (cause) {
      throw broken("its header is not JSON", cause);
    }
    const { [METADATA]: metadata = {}, ...entries } = header;
    const start = 8 + headerLength;
    const tensors: Record<string, Tensor> = {};
    for (const [name, entry] of Object.entries(entries)) {
      const {
        shape,
        data_offsets: [from, to],
      } = entry as Entry;
      if (start + to > size) throw broken(`got ${size} bytes, expected ${start + to}`);
      const bytes = await readBytes(file, start + from, to - from);
      tensors[name] = { type: "f32", shape, data: new Float32Array(bytes.buffer) };
    }
    return { tensors, metadata: metadata as Record<string, string> };
  } finally {
    await file.close();
  }
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
