/**
 * Celebrities in Frontal-Profile: lists of 5,000 frontal and 2,000 profile images, and for frontal-frontal (FF) and
 * frontal-profile (FP) pairs ten folds of 350 genuine and 350 impostor pairs each.
 *
 * `Pair_list_F.txt` and `Pair_list_P.txt` have `number path` a line, numbers from 1. `Split/FF/01/same.txt` … hold
 * `a,b` a line: in FF both are numbers of the frontal list, in FP the second one is of the profile list.
 * @see Sengupta et al., Frontal to Profile Face Verification in the Wild, WACV 2016: http://www.cfpw.io
 */
import { DatasetError } from "../core/index.ts";
import { listLines, listName, parseCount, readListBytes } from "./list-lines.ts";
import { type ListedPair, listedPath } from "./listed-pairs.ts";

/** The two tests of CFP. */
export const cfpTests = ["FF", "FP"] as const;

const FOLDS = 10;

/**
 * Reads CFP's pairs of both tests.
 *
 * @param folder the folder `Protocol`. Paths of its lists are taken from `Images/` on, which they share.
 * @throws {DatasetError} with file and line where something does not fit.
 */
export async function readCfpPairs(folder: string): Promise<{ readonly FF: ListedPair[]; readonly FP: ListedPair[] }> {
  const frontal = await readPaths(`${folder}/Pair_list_F.txt`);
  const profile = await readPaths(`${folder}/Pair_list_P.txt`);
  return { FF: await readTest(folder, "FF", frontal, frontal), FP: await readTest(folder, "FP", frontal, profile) };
}

async function readPaths(path: string): Promise<ReadonlyMap<number, string>> {
  const name = listName(path);
  const paths = new Map<number, string>();
  for (const { content, line } of listLines(await readListBytes(path, "CFP's list of images"))) {
    const where = `${name}:${line}`;
    const [, number, rest = ""] = /^(\S+)\s+(.+)$/.exec(content) ?? [];
    if (number === undefined) throw new DatasetError(`${where}: got 1 field, expected a number and a path`);
    // The published lists begin with "../Data/Images/".
    const below = listedPath(rest.replace(/^.*?Images[/\\]/, ""), where);
    paths.set(parseCount(number, where, "image's number"), below);
  }
  return paths;
}

async function readTest(
  folder: string,
  test: (typeof cfpTests)[number],
  left: ReadonlyMap<number, string>,
  right: ReadonlyMap<number, string>,
): Promise<ListedPair[]> {
  const pairs: ListedPair[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const number = String(fold + 1).padStart(2, "0");
    for (const kind of ["same", "diff"] as const) {
      const name = `Split/${test}/${number}/${kind}.txt`;
      const lines = listLines(await readListBytes(`${folder}/${name}`, "CFP's list of pairs"));
      if (lines.length === 0) throw new DatasetError(`${name}: got no pairs, expected 'a,b' a line`);
      for (const { content, line } of lines) {
        const where = `${name}:${line}`;
        const fields = content.split(",").map((field) => field.trim());
        if (fields.length !== 2) throw new DatasetError(`${where}: got ${fields.length} fields, expected 'a,b'`);
        const [a = "", b = ""] = fields;
        pairs.push({
          left: pathOf(left, a, `${where}, left`),
          right: pathOf(right, b, `${where}, right`),
          same: kind === "same",
          fold,
          where,
        });
      }
    }
  }
  return pairs;
}

function pathOf(paths: ReadonlyMap<number, string>, field: string, where: string): string {
  const path = paths.get(parseCount(field, where, "image's number"));
  if (path === undefined) throw new DatasetError(`${where}: got '${field}', expected a number of the list of images`);
  return path;
}
