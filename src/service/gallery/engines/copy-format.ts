/**
 * The binary format of COPY, PostgreSQL's way of taking many rows: a header, for each row its number of fields and each
 * field behind its length, and a last word. Rows are handed on in pieces, so that the server takes in the first ones while the
 * next are written.
 * @see https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"
 */
import { vectorSize, writeVector } from "./binary-format.ts";

/** A field in its type's binary format; numbers of a `vector`, which go straight to where they are sent from; null for none. */
export type CopyField = Uint8Array | Float32Array | null;

const SIGNATURE = Buffer.from("PGCOPY\n\xff\r\n\0", "latin1");
/** Flags and the length of an extension, of which there are none. */
const HEADER = Buffer.concat([SIGNATURE, Buffer.alloc(8)]);
const END = Buffer.of(0xff, 0xff);
const NULL = -1;
/** Bytes of a piece, as many as a socket takes at once. */
const PIECE = 1 << 16;

/** Rows → pieces of the format. Each row has as many fields as the statement names columns. */
export function* encodeCopy(rows: Iterable<readonly CopyField[]>): Generator<Buffer> {
  let piece = Buffer.allocUnsafe(PIECE);
  let end = HEADER.copy(piece);
  for (const fields of rows) {
    const size = rowSize(fields);
    if (end + size > piece.length) {
      yield piece.subarray(0, end);
      piece = Buffer.allocUnsafe(Math.max(PIECE, size));
      end = 0;
    }
    end = piece.writeInt16BE(fields.length, end);
    for (const field of fields) {
      end = piece.writeInt32BE(fieldSize(field) ?? NULL, end);
      if (field instanceof Float32Array) end = writeVector(piece, field, end);
      else if (field !== null) {
        piece.set(field, end);
        end += field.length;
      }
    }
  }
  yield piece.subarray(0, end);
  yield END;
}

function rowSize(fields: readonly CopyField[]): number {
  let size = 2;
  for (const field of fields) size += 4 + (fieldSize(field) ?? 0);
  return size;
}

function fieldSize(field: CopyField): number | undefined {
  return field instanceof Float32Array ? vectorSize(field) : field?.length;
}
