/** MAT-files of level 5 by the published specification: the bytes of elements, for tests of a reader. */
import { deflateSync } from "node:zlib";

/** An element: tag, content, and zeros up to a multiple of 8 bytes. */
export function element(type: number, content: Uint8Array): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(type, 0);
  tag.writeUInt32LE(content.length, 4);
  return Buffer.concat([tag, content, Buffer.alloc((8 - (content.length % 8)) % 8)]);
}

/** An element of at most 4 bytes, in the 8 bytes of its tag. */
export function smallElement(type: number, content: Uint8Array): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(type, 0);
  bytes.writeUInt16LE(content.length, 2);
  Buffer.from(content).copy(bytes, 4);
  return bytes;
}

function int32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeInt32LE(value, 4 * i);
  return bytes;
}

const latin1 = (text: string) => Buffer.from(text, "latin1");

function matrix(kind: number, sizes: readonly number[], name: string, ...content: readonly Uint8Array[]): Buffer {
  const title = name.length > 0 && name.length <= 4 ? smallElement(1, latin1(name)) : element(1, latin1(name));
  return element(14, Buffer.concat([element(6, int32(kind, 0)), element(5, int32(...sizes)), title, ...content]));
}

/** A cell; its elements column by column. */
export function cell(sizes: readonly number[], elements: readonly Uint8Array[], name = ""): Buffer {
  return matrix(1, sizes, name, ...elements);
}

/** A structure of one element. */
export function structure(fields: Readonly<Record<string, Uint8Array>>, name = ""): Buffer {
  const names = Object.keys(fields).map((field) => latin1(field.padEnd(32, "\0")));
  const head = [smallElement(5, int32(32)), element(1, Buffer.concat(names))];
  return matrix(2, [1, 1], name, ...head, ...Object.values(fields));
}

/** Text in 16-bit units, as MATLAB writes it; short ones in bytes. */
export function text(value: string, name = ""): Buffer {
  const content = value.length <= 4 ? smallElement(1, latin1(value)) : element(4, Buffer.from(value, "utf16le"));
  return matrix(4, [1, value.length], name, content);
}

/** Numbers of class f64, stored in 8 bytes each, or in one where `isShort`. */
export function numbers(values: readonly number[], name = "", isShort = false): Buffer {
  const wide = Buffer.alloc(8 * values.length);
  for (const [i, value] of values.entries()) wide.writeDoubleLE(value, 8 * i);
  const content = isShort
    ? element(
        1,
        Uint8Array.from(values, (value) => value & 0xff),
      )
    : element(9, wide);
  return matrix(6, [1, values.length], name, content);
}

/** A file of variables, each compressed unless told otherwise. */
export function matFile(variables: readonly Uint8Array[], isCompressed = true): Buffer {
  const header = Buffer.alloc(128, " ");
  header.write("MATLAB 5.0 MAT-file", "latin1");
  header.writeUInt16LE(0x0100, 124);
  header.write("IM", 126, "latin1");
  const packed = variables.map((bytes) => {
    if (!isCompressed) return bytes;
    const content = deflateSync(bytes);
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(15, 0);
    tag.writeUInt32LE(content.length, 4);
    return Buffer.concat([tag, content]);
  });
  return Buffer.concat([header, ...packed]);
}

/** AgeDB's variable `splits`: ten structures of 2 × N names and of labels. */
export function ageDbSplits(
  folds: readonly (readonly { readonly left: string; readonly right: string; readonly same: boolean }[])[],
): Buffer {
  const image = (name: string) => structure({ name: text(name), age: numbers([30]) });
  const splits = folds.map((pairs) =>
    structure({
      pairs: cell(
        [2, pairs.length],
        pairs.flatMap(({ left, right }) => [image(left), image(right)]),
      ),
      labels: numbers(
        pairs.map(({ same }) => (same ? 1 : -1)),
        "",
        true,
      ),
    }),
  );
  return cell([folds.length, 1], splits, "splits");
}
