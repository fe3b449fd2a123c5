/**
 * The binary format of COPY, which inserts many rows: a header, for each row its number of fields and each field after
 * its length, and an end mark. Rows are passed on in pieces, so that the server reads the first ones while the next are
 * written.
 * @see https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"
 */
import { vectorSize, writeVector } from "./binary-format.ts";

/** A field in its type's binary format; the numbers of a `vector`, which are written without a copy; or null. */
export type CopyField = Uint8Array | Float32Array | null;

const SIGNATURE = Buffer.from("PGCOPY\n\xff\r\n\0", "latin1");
/** Flags and the length of an extension; both are zero. */
const HEADER = Buffer.concat([SIGNATURE, Buffer.alloc(8)]);
const END = Buffer.of(0xff, 0xff);
const NULL = -1;
/** Bytes of a piece: as many as a socket sends at once. */
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
