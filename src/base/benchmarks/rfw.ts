/**
 * Racial Faces in the Wild: four lists `RACE_pairs.txt` of 6,000 pairs, in LFW's syntax without its first line. A
 * fold is a tenth of a list, in its order. Images lie in a folder by race: `RACE/NAME/NAME_0001.jpg`.
 * @see Wang et al., Racial Faces in-the-Wild, ICCV 2019: http://www.whdeng.cn/RFW
 */
import { DatasetError } from "../core/index.ts";
import { parseLfwPair } from "../data/index.ts";
import { namesInFolder } from "./folder-names.ts";
import { listLines, readListBytes } from "./list-lines.ts";
import type { ListedPair } from "./listed-pairs.ts";

const FOLDS = 10;
const ENDING = /^(.+)_pairs\.txt$/;

/**
 * The pairs of each race, by its name as the files have it, such as "African". Paths begin with the race.
 *
 * @param folder the folder with `RACE_pairs.txt`, or with `RACE/RACE_pairs.txt` as published (`txts`).
 * @throws {DatasetError} with file and line where something does not fit, or when there are no lists.
 */
export async function readRfwPairs(folder: string): Promise<ReadonlyMap<string, ListedPair[]>> {
  const names = await namesInFolder(folder);
  const below = await Promise.all(
    names.map(async (name) => (await namesInFolder(`${folder}/${name}`)).map((file) => `${name}/${file}`)),
  );
  const found = new Map<string, ListedPair[]>();
  for (const file of [...names, ...below.flat()]) {
    const race = ENDING.exec(file.replace(/^.*[/\\]/, ""))?.[1];
    if (race !== undefined) found.set(race, await readRace(`${folder}/${file}`, race));
  }
  if (found.size === 0) throw new DatasetError("got no RACE_pairs.txt, expected RFW's folder of lists");
  return found;
}

async function readRace(path: string, race: string): Promise<ListedPair[]> {
  const name = `${race}_pairs.txt`;
  const lines = listLines(await readListBytes(path, "RFW's list of pairs"));
  if (lines.length < FOLDS || lines.length % FOLDS !== 0) {
    throw new DatasetError(`${name}: got ${lines.length} pairs, expected ten folds of equal size`);
  }
  const pairs = lines.map(({ content, line }, i): ListedPair => {
    const where = `${name}:${line}`;
    const { left, right, same } = parseLfwPair(content, where);
    const fold = Math.floor((i * FOLDS) / lines.length);
    return { left: `${race}/${left}`, right: `${race}/${right}`, same, fold, where };
  });
  return pairs;
}
