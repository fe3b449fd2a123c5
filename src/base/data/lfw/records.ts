import { DatasetError } from "../../core/index.ts";

/** One line of a pair list. */
export type LfwPair = {
  /** Image paths in the list's convention, relative to the folder of images: `NAME/NAME_0001.jpg`, in NFC. */
  readonly left: string;
  readonly right: string;
  /** Genuine pair (true) or impostor pair (false). */
  readonly same: boolean;
  /** Set that the pair belongs to, from 0. */
  readonly fold: number;
  /** Line of the file, from 1, for messages. */
  readonly line: number;
};

/** A pair list with the name of its file, for messages. */
export type LfwPairs = { readonly name: string; readonly setCount: number; readonly pairs: readonly LfwPair[] };

/** What bytes in UTF-16 or in an older encoding become when they are read as UTF-8. */
const NOT_TEXT = /[\0\ufffd]/;

/**
 * Reads the text of an LFW pair list. The first line holds the number of sets and the pairs of each kind in a set
 * (`10	300`), or only the latter for a single set (View 1). For each set follow that many genuine pairs
 * (`NAME	i	j`: two images of one person) and as many impostor pairs (`NAME	i	OTHER	j`).
 *
 * Lists of other people's photographs may have names with spaces, if tabs separate the fields, and empty lines
 * anywhere.
 *
 * @param name name of the file, for messages.
 * @throws {DatasetError} with the line and side that do not fit.
 * @see http://vis-www.cs.umass.edu/lfw/README.txt
 */
export function parseLfwPairs(text: string, name: string): LfwPairs {
  const lines = text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .map((content, i) => ({ content: content.trim(), line: i + 1 }))
    .filter(({ content }) => content !== "");
  const foreign = lines.find(({ content }) => NOT_TEXT.test(content));
  if (foreign !== undefined) {
    throw new DatasetError(`${name}:${foreign.line}: got bytes that are not UTF-8: save the list as UTF-8`);
  }
  const [header, ...rest] = lines;
  const { setCount, perKind } = parseHeader(header?.content ?? "", `${name}:${header?.line ?? 1}`);
  const expected = setCount * 2 * perKind;
  if (rest.length !== expected) {
    const meaning = `${setCount} sets of ${perKind} genuine and ${perKind} impostor pairs`;
    throw new DatasetError(`${name}: got ${rest.length} pairs, expected ${expected}: ${meaning}`);
  }
  const pairs = rest.map(({ content, line }, i): LfwPair => {
    const where = `${name}:${line}`;
    const isGenuineExpected = i % (2 * perKind) < perKind;
    const pair = parseLfwPair(content, where);
    if (pair.same !== isGenuineExpected) {
      const [got, wanted] = pair.same ? ["a genuine", "an impostor"] : ["an impostor", "a genuine"];
      throw new DatasetError(
        `${where}: got ${got} pair, expected ${wanted} one: a set has its ${perKind} genuine pairs first`,
      );
    }
    return { ...pair, fold: Math.floor(i / (2 * perKind)), line };
  });
  return { name, setCount, pairs };
}

function parseHeader(text: string, where: string): { readonly setCount: number; readonly perKind: number } {
  const counts = text.split(/\s+/).map(Number);
  const [first = 0, second] = counts;
  if (counts.length > 2 || counts.some((count) => !Number.isSafeInteger(count) || count < 1)) {
    throw new DatasetError(
      `${where}: expected the number of sets and of pairs of each kind in a set, such as '10 300'`,
    );
  }
  return second === undefined ? { setCount: 1, perKind: first } : { setCount: first, perKind: second };
}

/**
 * One line of a pair list: `NAME	i	j` or `NAME	i	OTHER	j`.
 *
 * @param where file and line, for messages.
 * @throws {DatasetError} with the side that does not fit.
 */
export function parseLfwPair(line: string, where: string): Pick<LfwPair, "left" | "right" | "same"> {
  const fields = line.includes("\t") ? line.split("\t").map((field) => field.trim()) : line.split(/\s+/);
  const [left = "", leftNumber = "", third = "", fourth] = fields;
  if (fields.length !== 3 && fields.length !== 4) {
    const advice = "with tabs between them if names have spaces";
    throw new DatasetError(`${where}: got ${fields.length} fields, expected 3 (genuine) or 4 (impostor), ${advice}`);
  }
  const same = fourth === undefined;
  return {
    left: imagePath(left, leftNumber, `${where}, left`),
    right: same ? imagePath(left, third, `${where}, right`) : imagePath(third, fourth, `${where}, right`),
    same,
  };
}

/** A field that is not a number may be a part of a person's name, so an error does not repeat it. */
function imagePath(name: string, number: string, where: string): string {
  if (!/^[1-9]\d{0,8}$/.test(number)) {
    const got = /^[-+.\d]{1,20}$/.test(number) ? `'${number}'` : "text";
    throw new DatasetError(`${where}: got ${got} for the image's number, expected 1 or more`);
  }
  if (name === "" || /[/\\]/.test(name) || name.startsWith(".")) {
    throw new DatasetError(`${where}: a name may not be empty or a path`);
  }
  const normalized = name.normalize("NFC");
  return `${normalized}/${normalized}_${number.padStart(4, "0")}.jpg`;
}
