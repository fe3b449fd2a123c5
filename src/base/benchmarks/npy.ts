/**
 * Arrays of numpy (`.npy`) with embeddings: magic and version, the length of a header, the header (a literal of Python
 * with type, order and shape), and the numbers. Read are little-endian f32 and f64 in C order.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { DatasetError, requireKind } from "../core/index.ts";
import { listName, readListBytes } from "./list-lines.ts";

/** An array: its sizes along each axis, and its numbers, the last axis first. */
export type NumpyArray = { readonly shape: readonly number[]; readonly data: Float32Array };

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const SUPPORTED = "f32 or f64 in C order (numpy.ascontiguousarray), as numpy.save writes them";

/** Reads embeddings, one row for each image: [count, size]. @throws {DatasetError} with the file's name. */
export async function readEmbeddings(path: string): Promise<{ count: number; size: number; data: Float32Array }> {
  requireKind("path", path, "a text");
  const name = listName(path);
  const { shape, data } = parseNpy(await readListBytes(path, "an array of numpy"), name);
  const [count, size] = shape;
  if (shape.length !== 2 || count === undefined || size === undefined || count < 1 || size < 1) {
    throw new DatasetError(`${name}: got shape (${shape.join(", ")}), expected (images, numbers in an embedding)`);
  }
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new DatasetError(`${name}: row ${Math.floor(i / size)}: got ${data[i]}, expected finite numbers`);
  }
  return { count, size, data };
}

/**
 * An array's shape and numbers. f64 numbers are rounded to f32, and may be written over `bytes`.
 *
 * @param name name of the file, for messages.
 * @throws {DatasetError} when the bytes are something else, or there are too few or too many.
 */
export function parseNpy(bytes: Uint8Array, name: string): NumpyArray {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new DatasetError(`${name}: got no array of numpy, expected ${SUPPORTED}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lengthBytes = bytes[6] === 1 ? 2 : 4;
  const start = 8 + lengthBytes;
  if (bytes.length < start) throw new DatasetError(`${name}: truncated: got ${bytes.length} bytes of a header`);
  const end = start + (lengthBytes === 2 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < end)
    throw new DatasetError(`${name}: truncated: the header has ${end} bytes, got ${bytes.length}`);
  const header = new TextDecoder("latin1").decode(bytes.subarray(start, end));
  const type = /'descr':\s*'([^']{1,16})'/.exec(header)?.[1];
  const isFortran = /'fortran_order':\s*True/.test(header);
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if ((type !== "<f4" && type !== "<f8") || isFortran || sizes === undefined) {
    const got = sizes === undefined ? "no shape" : `${type ?? "no type"}${isFortran ? " in Fortran order" : ""}`;
    throw new DatasetError(`${name}: got ${got}, expected ${SUPPORTED}`);
  }
  const shape = sizes.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  const count = shape.reduce((product, size) => product * size, 1);
  const expected = end + count * (type === "<f4" ? 4 : 8);
  if (!Number.isSafeInteger(count) || bytes.length !== expected) {
    const problem = bytes.length < expected ? "truncated" : "too long";
    throw new DatasetError(
      `${name}: ${problem}: shape (${shape.join(", ")}) takes ${expected} bytes, got ${bytes.length}`,
    );
  }
  return { shape, data: type === "<f4" ? floats(bytes, end, count) : rounded(bytes, end, count) };
}

/** The machine is little-endian, as every machine that ONNX Runtime is built for. */
function floats(bytes: Uint8Array, start: number, count: number): Float32Array {
  const offset = bytes.byteOffset + start;
  if (offset % 4 === 0) return new Float32Array(bytes.buffer, offset, count);
  return new Float32Array(bytes.slice(start, start + 4 * count).buffer);
}

/** Rounds f64 to f32 in place, front to back: a large file is not held twice. */
function rounded(bytes: Uint8Array, start: number, count: number): Float32Array {
  const offset = bytes.byteOffset + start;
  const aligned = offset % 8 === 0 ? bytes.buffer : bytes.slice(start, start + 8 * count).buffer;
  const first = offset % 8 === 0 ? offset : 0;
  const from = new Float64Array(aligned, first, count);
  const to = new Float32Array(aligned, first, count);
  for (let i = 0; i < count; i++) to[i] = from[i]!;
  return to;
}
