/** Numbers of numpy, as pickles hold them: a dtype's code such as "b1" or "i8", and little-endian bytes. */

const READERS: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  b1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at) => view.getInt16(at, true),
  u2: (view, at) => view.getUint16(at, true),
  i4: (view, at) => view.getInt32(at, true),
  u4: (view, at) => view.getUint32(at, true),
  i8: (view, at) => Number(view.getBigInt64(at, true)),
  u8: (view, at) => Number(view.getBigUint64(at, true)),
  f4: (view, at) => view.getFloat32(at, true),
  f8: (view, at) => view.getFloat64(at, true),
};

/** Bytes of one element of a dtype. */
export function elementSize(dtype: string): number {
  return Number(dtype.slice(1));
}

/**
 * The elements of an array: single bytes stay bytes, since they may be an image; wider numbers become a list.
 * Undefined for another dtype, or bytes that are not a whole number of elements.
 */
export function numpyElements(dtype: string, bytes: Uint8Array): Uint8Array | number[] | undefined {
  const read = READERS[dtype];
  const size = elementSize(dtype);
  if (read === undefined || bytes.length % size !== 0) return undefined;
  if (size === 1) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / size }, (_, i) => read(view, i * size));
}
