import { DatasetError } from "../../core/index.ts";

/*
 * RecordIO, the container of MXNet and of InsightFace's training sets: records one after another, each as
 *
 *   u32 magic 0xced7230a · u32 (flag << 29 | length) · data · zeros up to a multiple of four bytes,
 *
 * all little-endian. A reader that lost its position can look for the next magic at a multiple of four, so data must
 * never contain it there: a writer cuts the data at each such position, leaves the magic out and writes the pieces as
 * parts with flags 1 (first), 2 (middle) and 3 (last); a record in one piece has flag 0. A reader puts the magic back
 * between the parts.
 *
 * The data of a face record is MXNet's image header, `IfQQ`: u32 flag · f32 label · u64 id · u64 id2; with flag > 0,
 * `flag` more f32 follow and replace the label. The rest is the encoded image.
 *
 * Source: dmlc-core recordio.h and recordio.cc, MXNet recordio.py.
 */

const MAGIC = 0xced7230a;
const PART_HEADER_BYTES = 8;
const LENGTH_BITS = 29;
const MAX_PART_BYTES = 2 ** LENGTH_BITS - 1;
const WHOLE = 0;
const FIRST = 1;
const MIDDLE = 2;
const LAST = 3;
const IMAGE_HEADER_BYTES = 24;

/** Whether a file begins with a record. */
export function startsRecord(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === MAGIC;
}

/** Data of a record, and the offset of the byte after it. */
export type RecordAt = { readonly data: Uint8Array; readonly next: number };

/**
 * Reads the record that starts at byte `at`; undefined when `bytes` end before it does.
 *
 * @param where name of the file and offset of `bytes[0]` in it, for messages.
 * @throws {DatasetError} when no record starts there, or its parts are out of order.
 */
export function recordAt(
  bytes: Uint8Array,
  at: number,
  where: { readonly name: string; readonly start: number } = { name: "record", start: 0 },
): RecordAt | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces: Uint8Array[] = [];
  let next = at;
  for (;;) {
    if (next + PART_HEADER_BYTES > bytes.length) return undefined;
    const offset = where.start + next;
    const magic = view.getUint32(next, true);
    if (magic !== MAGIC) {
      const got = magic.toString(16).padStart(8, "0");
      throw new DatasetError(`${where.name}: no record at byte ${offset}: got 0x${got}, expected 0xced7230a`);
    }
    const lengthAndFlag = view.getUint32(next + 4, true);
    const flag = lengthAndFlag >>> LENGTH_BITS;
    const length = lengthAndFlag & MAX_PART_BYTES;
    const isExpected = pieces.length === 0 ? flag === WHOLE || flag === FIRST : flag === MIDDLE || flag === LAST;
    if (!isExpected) {
      const expected = pieces.length === 0 ? "0 or 1" : "2 or 3";
      throw new DatasetError(`${where.name}: part at byte ${offset}: got flag ${flag}, expected ${expected}`);
    }
    const start = next + PART_HEADER_BYTES;
    next = start + paddedLength(length);
    if (next > bytes.length) return undefined;
    pieces.push(bytes.subarray(start, start + length));
    if (flag === WHOLE || flag === LAST) return { data: joinPieces(pieces), next };
  }
}

/** Encodes data as one record, cut into parts where the data has the magic at a multiple of four. */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i + 4 <= data.length; i += 4) {
    if (view.getUint32(i, true) !== MAGIC) continue;
    parts.push(data.subarray(start, i));
    start = i + 4;
  }
  parts.push(data.subarray(start));
  if (parts.some(({ length }) => length > MAX_PART_BYTES)) {
    throw new DatasetError(`record: got ${data.length} bytes, expected less than 512 MiB`);
  }
  const total = parts.reduce((sum, { length }) => sum + PART_HEADER_BYTES + paddedLength(length), 0);
  const record = new Uint8Array(total);
  const recordView = new DataView(record.buffer);
  let at = 0;
  for (const [i, part] of parts.entries()) {
    const isFirst = i === 0;
    const isLast = i === parts.length - 1;
    const flag = isFirst && isLast ? WHOLE : isFirst ? FIRST : isLast ? LAST : MIDDLE;
    recordView.setUint32(at, MAGIC, true);
    recordView.setUint32(at + 4, flag * 2 ** LENGTH_BITS + part.length, true);
    record.set(part, at + PART_HEADER_BYTES);
    at += PART_HEADER_BYTES + paddedLength(part.length);
  }
  return record;
}

/** A face record: its label or labels, its id, and an encoded image (empty in records about identities). */
export type ImageRecord = { readonly labels: readonly number[]; readonly id: number; readonly image: Uint8Array };

/** Decodes a face record's data; `where` names the record in messages. @throws {DatasetError} when it is too short. */
export function decodeImageRecord(data: Uint8Array, where = "record"): ImageRecord {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const labelCount = data.length >= IMAGE_HEADER_BYTES ? view.getUint32(0, true) : 0;
  const headerBytes = IMAGE_HEADER_BYTES + 4 * labelCount;
  if (data.length < headerBytes) {
    throw new DatasetError(`${where}: got ${data.length} bytes, expected an image header of ${headerBytes}`);
  }
  const labels =
    labelCount === 0
      ? [view.getFloat32(4, true)]
      : Array.from({ length: labelCount }, (_, i) => view.getFloat32(IMAGE_HEADER_BYTES + 4 * i, true));
  return { labels, id: Number(view.getBigUint64(8, true)), image: data.subarray(headerBytes) };
}

/** Encodes the data of a face record: one label goes into the header, several after it. */
export function encodeImageRecord({ labels, id, image }: ImageRecord): Uint8Array {
  const labelCount = labels.length === 1 ? 0 : labels.length;
  const headerBytes = IMAGE_HEADER_BYTES + 4 * labelCount;
  const data = new Uint8Array(headerBytes + image.length);
  const view = new DataView(data.buffer);
  view.setUint32(0, labelCount, true);
  for (const [i, label] of labels.entries()) {
    view.setFloat32(labelCount === 0 ? 4 : IMAGE_HEADER_BYTES + 4 * i, label, true);
  }
  view.setBigUint64(8, BigInt(id), true);
  data.set(image, headerBytes);
  return data;
}

function paddedLength(length: number): number {
  return (length + 3) & ~3;
}

function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 4 * (pieces.length - 1)));
  const view = new DataView(joined.buffer);
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) {
      view.setUint32(at, MAGIC, true);
      at += 4;
    }
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
