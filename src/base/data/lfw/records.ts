import { DatasetError } from "../../core/index.ts";

/** One line of a pair list. */
export type LfwPair = {
  /** Image paths as the list means them, relative to the folder of images: `NAME/NAME_0001.jpg`. */
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

/**
 * Reads the text of an LFW pair list. The first line holds the number of sets and the pairs of each kind in a set
 * (`10	300`), or that number alone for a single set (View 1). Then follow, for each set, that many genuine pairs
 * (`NAME	i	j`: two images of one person) and as many impostor pairs (`NAME	i	OTHER	j`).
 *
 * @param name of the file, for messages.
 * @throws {DatasetError} with the line that does not fit.
 * @see http://vis-www.cs.umass.edu/lfw/README.txt
 */
export function parseLfwPairs(text: string, name: string): LfwPairs {
  const lines = text.split("\n").map((line) => line.trim());
  while (lines.at(-1) === "") lines.pop();
  const header = (lines[0] ?? "").split(/\s+/).map(Number);
  if (header.length > 2 || header.some((count) => !Number.isInteger(count) || count < 1)) {
    throw new DatasetError(
      `${name}:1: expected the number of sets and of pairs of each kind in a set, such as '10 300'`,
    );
  }
  const perKind = header.at(-1)!;
  const setCount = header.length === 2 ? header[0]! : 1;
  const expected = setCount * 2 * perKind;
  if (lines.length - 1 !== expected) {
    const meaning = `${setCount} sets of ${perKind} genuine and ${perKind} impostor pairs`;
    throw new DatasetError(`${name}: got ${lines.length - 1} pairs, expected ${expected}: ${meaning}`);
  }
  const pairs = lines.slice(1).map((line, i): LfwPair => {
    const where = `${name}:${i + 2}`;
    const isGenuinePlace = i % (2 * perKind) < perKind;
    const pair = parsePair(line, where);
    if (pair.same !== isGenuinePlace) {
      const [got, wanted] = pair.same ? ["a genuine", "an impostor"] : ["an impostor", "a genuine"];
      throw new DatasetError(
        `${where}: got ${got} pair, expected ${wanted} one: a set has its ${perKind} genuine pairs first`,
      );
    }
    return { ...pair, fold: Math.floor(i / (2 * perKind)), line: i + 2 };
  });
  return { name, setCount, pairs };
}

function parsePair(line: string, where: string): Pick<LfwPair, "left" | "right" | "same"> {
  const fields = line === "" ? [] : line.split(/\s+/);
  if (fields.length !== 3 && fields.length !== 4) {
    throw new DatasetError(`${where}: got ${fields.length} fields, expected 3 (genuine) or 4 (impostor)`);
  }
  const same = fields.length === 3;
  const leftName = fields[0]!;
  const rightName = same ? leftName : fields[2]!;
  return {
    left: imagePath(leftName, fields[1]!, where),
    right: imagePath(rightName, fields[same ? 2 : 3]!, where),
    same,
  };
}

function imagePath(name: string, number: string, where: string): string {
  if (!/^[1-9]\d{0,8}$/.test(number))
    throw new DatasetError(`${where}: got image number '${number}', expected 1 or more`);
  if (/[/\\]/.test(name) || name.startsWith(".")) throw new DatasetError(`${where}: a name may not be a path`);
  return `${name}/${name}_${number.padStart(4, "0")}.jpg`;
}
