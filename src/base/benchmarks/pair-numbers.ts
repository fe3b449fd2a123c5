/**
 * Lists of template pairs, `t1 t2 label` a line. IJB-C has 15.7 million, so the bytes are read as they are: a string
 * for each line would take gigabytes.
 */
import { DatasetError } from "../core/index.ts";

/** Pairs of templates by their numbers, and whether both show one person (1) or two people (0). */
export type TemplatePairList = {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly same: Uint8Array;
};

const [TAB, NEW_LINE, RETURN, SPACE, ZERO, NINE] = [9, 10, 13, 32, 48, 57];
const FIELDS = 3;
const MEANING = "two templates and a label (1 for one person, 0 for two)";

/**
 * The pairs of a list.
 *
 * @param name name of the file, for messages.
 * @param known the templates that have images.
 * @throws {DatasetError} with the line that does not fit, or when there are no pairs.
 */
export function parseTemplatePairs(
  bytes: Uint8Array,
  name: string,
  known: Pick<ReadonlySet<number>, "has">,
): TemplatePairList {
  const capacity = lineCount(bytes);
  const left = new Uint32Array(capacity);
  const right = new Uint32Array(capacity);
  const same = new Uint8Array(capacity);
  const fields = new Float64Array(FIELDS);
  let [count, line, fieldCount, value] = [0, 1, 0, -1];
  const fail = (problem: string): never => {
    throw new DatasetError(`${name}:${line}: ${problem}, expected ${MEANING}`);
  };
  const endField = () => {
    if (value < 0) return;
    if (fieldCount === FIELDS) fail(`got more than ${FIELDS} numbers`);
    fields[fieldCount++] = value;
    value = -1;
  };
  const endLine = () => {
    endField();
    if (fieldCount > 0) {
      if (fieldCount < FIELDS) fail(`got ${fieldCount} of ${FIELDS} numbers`);
      const [a = 0, b = 0, label = 0] = fields;
      if (label > 1) fail(`got ${label} for the label`);
      if (!known.has(a) || !known.has(b)) fail(`template ${known.has(a) ? b : a} has no image`);
      left[count] = a;
      right[count] = b;
      same[count++] = label;
    }
    fieldCount = 0;
  };
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte >= ZERO && byte <= NINE) {
      value = 10 * Math.max(0, value) + (byte - ZERO);
      if (value >= 2 ** 32) fail("got a number beyond 32 bits");
    } else if (byte === SPACE || byte === TAB || byte === RETURN) {
      endField();
    } else if (byte === NEW_LINE) {
      endLine();
      line++;
    } else {
      fail("got text");
    }
  }
  endLine();
  if (count === 0) fail("got no pairs");
  return { left: left.subarray(0, count), right: right.subarray(0, count), same: same.subarray(0, count) };
}

function lineCount(bytes: Uint8Array): number {
  let count = 1;
  for (let at = bytes.indexOf(NEW_LINE); at >= 0; at = bytes.indexOf(NEW_LINE, at + 1)) count++;
  return count;
}
