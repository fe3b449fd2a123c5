/**
 * Reads FlatBuffers: a table is a position in the file with a list of the offsets of its fields. Offsets are relative
 * to the position that stores them, integers are little-endian, and a field that is not stored has its default.
 */
import { ModelError } from "../../base/core/index.ts";

/** A table of a FlatBuffers file; fields are read by their number in the schema. */
export class FlatTable {
  readonly #bytes: DataView;
  readonly #at: number;

  constructor(bytes: DataView, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** The root table of a file. @throws {ModelError} when the file has another identifier. */
  static root(data: Uint8Array, identifier: string): FlatTable {
    const found = String.fromCharCode(...data.subarray(4, 8));
    if (found !== identifier) throw new ModelError(`got a file marked '${found}', expected '${identifier}'`);
    const bytes = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return new FlatTable(bytes, bytes.getUint32(0, true));
  }

  /** A byte: a small enumeration. */
  byte(field: number): number {
    const at = this.#find(field);
    return at === undefined ? 0 : this.#bytes.getInt8(at);
  }

  integer(field: number, otherwise = 0): number {
    const at = this.#find(field);
    return at === undefined ? otherwise : this.#bytes.getInt32(at, true);
  }

  table(field: number): FlatTable | undefined {
    const at = this.#find(field);
    return at === undefined ? undefined : new FlatTable(this.#bytes, this.#follow(at));
  }

  tables(field: number): FlatTable[] {
    const { start, count } = this.#vector(field);
    return Array.from({ length: count }, (_, i) => new FlatTable(this.#bytes, this.#follow(start + 4 * i)));
  }

  integers(field: number): number[] {
    const { start, count } = this.#vector(field);
    return Array.from({ length: count }, (_, i) => this.#bytes.getInt32(start + 4 * i, true));
  }

  bytes(field: number): DataView {
    const { start, count } = this.#vector(field);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + start, count);
  }

  /** Position of a field, from the table of offsets that belongs to this table; undefined if it is not stored. */
  #find(field: number): number | undefined {
    const offsets = this.#at - this.#bytes.getInt32(this.#at, true);
    const entry = 4 + 2 * field;
    if (entry >= this.#bytes.getUint16(offsets, true)) return undefined;
    const offset = this.#bytes.getUint16(offsets + entry, true);
    return offset === 0 ? undefined : this.#at + offset;
  }

  #follow(at: number): number {
    return at + this.#bytes.getUint32(at, true);
  }

  #vector(field: number): { start: number; count: number } {
    const at = this.#find(field);
    if (at === undefined) return { start: 0, count: 0 };
    const vector = this.#follow(at);
    return { start: vector + 4, count: this.#bytes.getUint32(vector, true) };
  }
}
