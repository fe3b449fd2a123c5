import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { DatasetError } from "../../core/index.ts";
import { decodeImage } from "../../image/index.ts";
import type { VerificationPair, VerificationSet } from "../verification-set.ts";
import { type LfwPairs, parseLfwPairs } from "./records.ts";
import { folderFiles } from "./source.ts";

/** Reads a pair list in LFW's format. @throws {DatasetError} when it is missing or a line does not fit. */
export async function readLfwPairs(path: string): Promise<LfwPairs> {
  const name = basename(path);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new DatasetError(`${name}: cannot be read: expected an LFW pair list`, { cause });
  });
  return parseLfwPairs(text, name);
}

/**
 * The images that a pair list names, each once, in order of first mention. Files are found by name in whatever format
 * they are: `NAME/NAME_0001.jpg`, or with `.png`, `.webp` … instead.
 *
 * @throws {DatasetError} when images are missing, with how many and the first line that names one.
 */
export async function lfwImages(folder: string, list: LfwPairs): Promise<VerificationSet> {
  const filesOf = folderFiles(folder);
  const indexOf = new Map<string, number>();
  const files: string[] = [];
  const sources: string[] = [];
  const missing: string[] = [];

  async function indexFor(path: string, source: string): Promise<number> {
    const known = indexOf.get(path);
    if (known !== undefined) return known;
    const [person, image] = path.split("/") as [string, string];
    const file = (await filesOf(person)).get(image.replace(/\.jpg$/, ""));
    if (file === undefined) missing.push(source);
    const index = indexOf.size;
    indexOf.set(path, index);
    files.push(file ?? "");
    sources.push(source);
    return index;
  }

  const paths = list.pairs.flatMap(({ left, right }) => [left, right]);
  await Promise.all(paths.map((path) => filesOf(path.slice(0, path.indexOf("/")))));
  const pairs: VerificationPair[] = [];
  for (const { left, right, same, fold, line } of list.pairs) {
    const leftIndex = await indexFor(left, `${list.name}:${line}, left`);
    const rightIndex = await indexFor(right, `${list.name}:${line}, right`);
    pairs.push({ left: leftIndex, right: rightIndex, same, fold });
  }
  if (missing.length > 0) {
    const layout = "expected NAME/NAME_0001.jpg in the folder of images";
    throw new DatasetError(`${missing[0]}: no such image, ${missing.length} of ${files.length} are missing: ${layout}`);
  }
  return {
    imageCount: files.length,
    foldCount: list.setCount,
    pairs,
    source: (index) => sources[index]!,
    read: async (index) => decodeImage(await readFile(files[index]!)),
  };
}
