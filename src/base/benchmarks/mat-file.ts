/**
 * Variables of MATLAB's MAT-files, level 5 (`save -v6` and `-v7`): cells, structures, text and real numbers. A file
 * is a header of 128 bytes and a list of elements: a tag (type, length), content, and zeros up to a multiple of 8
 * bytes. An element of at most 4 bytes may share 8 bytes with its tag. A compressed element is a zlib stream of one
 * element.
 *
 * @see MathWorks, MAT-File Format: https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf
 */
import { DatasetError, requireKind } from "../core/index.ts";

/** An array; `sizes` are its rows, columns …, and elements are column by column. */
export type MatValue = { readonly sizes: readonly number[] } & (
  | { readonly kind: "cell"; readonly elements: readonly MatValue[] }
  | {
      readonly kind: "structure";
      readonly fields: readonly string[];
      /** Of each element, the value of each field. */
      readonly elements: readonly (readonly MatValue[])[];
    }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "numbers"; readonly data: Float64Array }
);

const HEADER_BYTES = 128;
/** Cells within cells that a file may have: far more than lists of pairs need, far fewer than the stack holds. */
const MAX_DEPTH = 32;

/** Types of elements. */
const MATRIX = 14;
const COMPRESSED = 15;
const UTF16 = 17;

/** Classes of arrays. */
const CELL = 1;
const STRUCTURE = 2;
const TEXT = 4;
const FIRST_NUMERIC = 6;
const LAST_NUMERIC = 15;

type Element = { readonly type: number; readonly data: DataView };

/**
 * The variables of a file by name; those of other kinds (objects, functions, sparse arrays) are left out.
 *
 * @param name name of the file, for messages.
 * @throws {DatasetError} when the bytes are not such a file, or are cut off or damaged.
 */
export async function readMatFile(bytes: Uint8Array, name: string): Promise<ReadonlyMap<string, MatValue>> {
  requireKind("MAT-file", bytes, "bytes");
  const [first, second] = bytes.subarray(126, HEADER_BYTES);
  if (bytes.length < HEADER_BYTES || first !== 0x49 || second !== 0x4d) {
    throw new DatasetError(`${name}: got no MAT-file of level 5, little-endian: save it by 'save -v7'`);
  }
  const variables = new Map<string, MatValue>();
  for (const element of elementsOf(viewOf(bytes.subarray(HEADER_BYTES)), name)) {
    const [matrix] =
      element.type === COMPRESSED ? elementsOf(viewOf(await inflated(element.data, name)), name) : [element];
    if (matrix?.type !== MATRIX) continue;
    const read = readMatrix(matrix.data, name, 0);
    if (read !== undefined) variables.set(read.name, read.value);
  }
  return variables;
}

async function inflated({ buffer, byteOffset, byteLength }: DataView, name: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength).slice();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new DatasetError(`${name}: a compressed variable is cut off or damaged`, { cause });
  }
}

/** The elements that follow each other in some bytes. */
function elementsOf(view: DataView, name: string): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < view.byteLength; ) {
    if (at + 8 > view.byteLength) throw truncated(name);
    const tag = view.getUint32(at, true);
    const isSmall = tag >>> 16 !== 0;
    const type = isSmall ? tag & 0xffff : tag;
    const length = isSmall ? tag >>> 16 : view.getUint32(at + 4, true);
    const start = at + (isSmall ? 4 : 8);
    if (start + length > view.byteLength || (isSmall && length > 4)) throw truncated(name);
    elements.push({ type, data: new DataView(view.buffer, view.byteOffset + start, length) });
    const padded = type === COMPRESSED ? length : Math.ceil(length / 8) * 8;
    at = isSmall ? at + 8 : start + padded;
  }
  return elements;
}

/** An array and its name; undefined for kinds that are left out. */
function readMatrix(view: DataView, name: string, depth: number): { name: string; value: MatValue } | undefined {
  if (depth > MAX_DEPTH)
    throw new DatasetError(`${name}: cells or structures within each other more than ${MAX_DEPTH} times`);
  // An array without elements may have no content at all.
  if (view.byteLength === 0) return { name: "", value: { kind: "numbers", sizes: [0, 0], data: new Float64Array(0) } };
  const [flags, dimensions, title, ...rest] = elementsOf(view, name);
  if (flags === undefined || dimensions === undefined || title === undefined || flags.data.byteLength < 4) {
    throw truncated(name);
  }
  const kind = flags.data.getUint32(0, true) & 0xff;
  const sizes = numbersOf(dimensions, name);
  const value = readContent(kind, [...sizes], rest, name, depth);
  return value === undefined ? undefined : { name: textOf(title, name), value };
}

function readContent(
  kind: number,
  sizes: readonly number[],
  rest: readonly Element[],
  name: string,
  depth: number,
): MatValue | undefined {
  const count = sizes.reduce((product, size) => product * size, 1);
  const nested = (element: Element | undefined): MatValue => {
    if (element?.type !== MATRIX) throw truncated(name);
    return readMatrix(element.data, name, depth + 1)?.value ?? { kind: "cell", sizes: [0, 0], elements: [] };
  };
  if (kind === CELL) {
    if (rest.length !== count) throw truncated(name);
    return { kind: "cell", sizes, elements: rest.map(nested) };
  }
  if (kind === STRUCTURE) {
    const [lengthElement, namesElement, ...values] = rest;
    if (lengthElement === undefined || namesElement === undefined) throw truncated(name);
    const [length = 0] = numbersOf(lengthElement, name);
    const all = textOf(namesElement, name);
    const fieldCount = length > 0 ? Math.floor(all.length / length) : 0;
    // Without fields nothing in the file bounds the number of elements.
    if (fieldCount === 0) return { kind: "structure", sizes, fields: [], elements: [] };
    if (values.length !== count * fieldCount) throw truncated(name);
    const fields = Array.from({ length: fieldCount }, (_, i) =>
      all.slice(i * length, (i + 1) * length).replace(/\0.*$/s, ""),
    );
    const elements = Array.from({ length: count }, (_, i) =>
      values.slice(i * fieldCount, (i + 1) * fieldCount).map(nested),
    );
    return { kind: "structure", sizes, fields, elements };
  }
  const [content] = rest;
  if (kind === TEXT) return { kind: "text", sizes, text: content === undefined ? "" : textOf(content, name) };
  if (kind < FIRST_NUMERIC || kind > LAST_NUMERIC) return undefined;
  const data = content === undefined ? new Float64Array(0) : numbersOf(content, name);
  if (data.length !== count) throw truncated(name);
  return { kind: "numbers", sizes, data };
}

/** How numbers of an element's type are stored. */
const NUMBERS: Readonly<
  Record<number, { readonly bytes: number; readonly read: (view: DataView, at: number) => number }>
> = {
  1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  2: { bytes: 1, read: (view, at) => view.getUint8(at) },
  3: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  4: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  5: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  6: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  7: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  9: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  12: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  13: { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
};

function numbersOf({ type, data }: Element, name: string): Float64Array {
  const stored = NUMBERS[type];
  if (stored === undefined) throw new DatasetError(`${name}: got an element of type ${type}, expected numbers`);
  const { bytes, read } = stored;
  return Float64Array.from({ length: Math.floor(data.byteLength / bytes) }, (_, i) => read(data, i * bytes));
}

/** Text of bytes, of UTF-8 or of 16-bit units. */
function textOf(element: Element, name: string): string {
  const { type, data } = element;
  if (type === 16) return new TextDecoder().decode(data);
  if (type === UTF16) return new TextDecoder("utf-16le").decode(data);
  return Array.from(numbersOf(element, name), (code) => String.fromCharCode(code)).join("");
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function truncated(name: string): DatasetError {
  return new DatasetError(
    `${name}: the file is cut off, or an array has another number of elements than its sizes say`,
  );
}
