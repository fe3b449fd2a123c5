/**
 * Lists of CALFW and CPLFW: two lines a pair, `NAME.jpg label`, 3,000 genuine pairs and then 3,000 impostor pairs.
 * The label of a pair is that of its first line; CALFW numbers genuine pairs, so any label but 0 means one person.
 * Fold i of ten takes the i-th tenth of the genuine and of the impostor pairs.
 * @see Zheng et al., Cross-Age LFW, 2017: https://arxiv.org/abs/1708.08197
 * @see Zheng and Deng, Cross-Pose LFW, BUPT 2018
 * @see FaceX-Zoo, `test_protocol/lfw/pairs_parser.py` (labels and folds)
 */
import { DatasetError, requireKind } from "../core/index.ts";
import { type ListLine, listLines, listName, parseFinite, readListBytes } from "./list-lines.ts";
import { type ListedPair, listedPath } from "./listed-pairs.ts";

const FOLDS = 10;

/**
 * Reads such a list, in the order of its folds.
 *
 * @throws {DatasetError} with the line that does not fit, or when the two kinds are not ten folds of equal size.
 */
export async function readTwoLinePairs(path: string): Promise<ListedPair[]> {
  requireKind("path", path, "a text");
  const name = listName(path);
  const lines = listLines(await readListBytes(path, "a list of pairs, two lines each"));
  if (lines.length % 2 !== 0) {
    throw new DatasetError(`${name}:${lines.at(-1)?.line}: got a pair's first line alone, expected two lines a pair`);
  }
  const pairs = Array.from({ length: lines.length / 2 }, (_, i) => readPair(name, lines[2 * i], lines[2 * i + 1]));
  const genuineCount = pairs.findIndex(({ same }) => !same);
  const late = pairs.findIndex(({ same }, i) => same && i >= genuineCount && genuineCount >= 0);
  if (late >= 0) throw new DatasetError(`${pairs[late]?.where}: got a genuine pair after impostor pairs`);
  if (genuineCount < FOLDS || pairs.length !== 2 * genuineCount || genuineCount % FOLDS !== 0) {
    const got = `${Math.max(0, genuineCount)} genuine pairs of ${pairs.length}`;
    throw new DatasetError(`${name}: got ${got}, expected as many as impostor pairs, in ten folds of equal size`);
  }
  const perFold = genuineCount / FOLDS;
  return Array.from({ length: FOLDS }, (_, fold) =>
    [0, genuineCount].flatMap((start) =>
      pairs.slice(start + fold * perFold, start + (fold + 1) * perFold).map((pair) => ({ ...pair, fold })),
    ),
  ).flat();
}

function readPair(name: string, first: ListLine | undefined, second: ListLine | undefined): ListedPair {
  const where = `${name}:${first?.line}`;
  const [left, label] = fieldsOf(first, where);
  const whereSecond = `${name}:${second?.line}`;
  const [right] = fieldsOf(second, whereSecond);
  return {
    left: listedPath(left, where),
    right: listedPath(right, whereSecond),
    same: parseFinite(label, where, "label") !== 0,
    fold: 0,
    where,
  };
}

/** The name, which may have spaces, and the label, which is the last field. */
function fieldsOf(line: ListLine | undefined, where: string): [string, string] {
  const [, name, label] = /^(.*\S)\s+(\S+)$/.exec(line?.content ?? "") ?? [];
  if (name === undefined || label === undefined) {
    throw new DatasetError(`${where}: got 1 field, expected the name of an image and a label`);
  }
  return [name, label];
}
