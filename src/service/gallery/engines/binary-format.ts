/**
 * PostgreSQL's binary format of values, big-endian, as `vector_recv`, `array_recv` and similar functions read it. A
 * vector is its size (i16), a zero (i16) and f32 numbers; an array is its number of dimensions, a flag for nulls, the
 * type of its elements, for its one dimension the length and lower bound, then each element after its length.
 */

/** Object ids of types; those of extensions differ between databases. */
export type TypeIds = { readonly vector: number; readonly bytea: number };

const VECTOR_HEADER = 4;
const ARRAY_HEADER = 20;
const NULL = -1;

/** 32 hexadecimal digits with hyphens → `uuid`. */
export const encodeUuid = (id: string): Uint8Array => Buffer.from(id.replaceAll("-", ""), "hex");

/** `text`, the type of names and model ids. */
export const encodeText = (text: string): Uint8Array => Buffer.from(text);

/** `integer`. */
export function encodeInteger(number: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(number);
  return bytes;
}

/** `real`. */
export function encodeReal(number: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeFloatBE(number);
  return bytes;
}

/** f32[size] → `vector`. */
export function encodeVector(numbers: Float32Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(vectorSize(numbers));
  writeVector(bytes, numbers, 0);
  return bytes;
}

/** Bytes of a `vector`. */
export const vectorSize = (numbers: Float32Array): number => VECTOR_HEADER + numbers.byteLength;

/** Writes a `vector` at an offset, and returns the offset after it. */
export function writeVector(bytes: Buffer, numbers: Float32Array, at: number): number {
  const start = at + VECTOR_HEADER;
  const end = start + numbers.byteLength;
  bytes.writeInt16BE(numbers.length, at);
  bytes.writeInt16BE(0, at + 2);
  bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), start);
  bytes.subarray(start, end).swap32();
  return end;
}

/** Output of `vector_send` → f32[size]. */
export function decodeVector(bytes: Uint8Array): Float32Array {
  const numbers = new Float32Array((bytes.length - VECTOR_HEADER) / 4);
  const copy = Buffer.from(numbers.buffer);
  copy.set(bytes.subarray(VECTOR_HEADER));
  copy.swap32();
  return numbers;
}

/** Elements in their type's binary format → an array, such as `vector[]`. */
export function encodeArray(elementType: number, elements: readonly (Uint8Array | null)[]): Uint8Array {
  const size = elements.reduce((sum, element) => sum + 4 + (element?.length ?? 0), ARRAY_HEADER);
  const bytes = Buffer.allocUnsafe(size);
  [1, elements.includes(null) ? 1 : 0, elementType, elements.length, 1].forEach((word, i) => {
    bytes.writeInt32BE(word, 4 * i);
  });
  let at = ARRAY_HEADER;
  for (const element of elements) {
    bytes.writeInt32BE(element?.length ?? NULL, at);
    at += 4;
    if (element === null) continue;
    bytes.set(element, at);
    at += element.length;
  }
  return bytes;
}

/** f32 vectors of one size → `vector[]`. */
export function encodeVectors(types: TypeIds, vectors: readonly (Float32Array | null)[]): Uint8Array {
  return encodeArray(
    types.vector,
    vectors.map((numbers) => numbers && encodeVector(numbers)),
  );
}

/** Byte strings → `bytea[]`. */
export const encodeByteStrings = (types: TypeIds, strings: readonly (Uint8Array | null)[]): Uint8Array =>
  encodeArray(types.bytea, strings);
