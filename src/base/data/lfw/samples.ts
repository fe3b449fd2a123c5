import { DatasetError, ofFile, requireFields, requireKind } from "../../core/index.ts";
import { readBytes, readText } from "../../files/index.ts";
import { type EncodedVerificationSet, type VerificationPair, verificationSetOf } from "../verification-set.ts";
import { type LfwPairs, parseLfwPairs } from "./records.ts";
import { folderFiles } from "./source.ts";

/** Reads a pair list in LFW's format. @throws {DatasetError} when it is missing or a line does not fit. */
export async function readLfwPairs(path: string): Promise<LfwPairs> {
  requireKind("path", path, "a text");
  const name = path.replace(/^.*[/\\]/, "");
  return ofFile(path, async () => {
    const text = await readText(path).catch((cause: unknown) => {
      throw new DatasetError(`${name}: cannot be read: expected an LFW pair list`, { cause });
    });
    return parseLfwPairs(text, name);
  });
}

/**
 * The images that a pair list names, each once, in order of first mention. Files are found by name, whatever their
 * format: `NAME/NAME_0001.jpg`, or with `.png`, `.webp` … instead.
 *
 * @throws {DatasetError} when images are missing, with their number and the first line and side that name one.
 */
export async function lfwImages(folder: string, list: LfwPairs): Promise<EncodedVerificationSet> {
  requireKind("folder", folder, "a text");
  requireFields("list of pairs", list, { pairs: "a list", setCount: "a number" });
  const filesOf = folderFiles(folder);
  const indexOf = new Map<string, number>();
  const images: { readonly source: string; readonly file: string | undefined }[] = [];

  async function indexFor(path: string, source: string): Promise<number> {
    const known = indexOf.get(path);
    if (known !== undefined) return known;
    const [person = "", image = ""] = path.split("/");
    const file = (await filesOf(person)).get(image.replace(/\.jpg$/, ""));
    const index = images.push({ source, file }) - 1;
    indexOf.set(path, index);
    return index;
  }

  const people = new Set(
    list.pairs.flatMap(({ left, right }) => [left, right].map((path) => path.replace(/\/.*/, ""))),
  );
  await Promise.all([...people].map(filesOf));
  const pairs: VerificationPair[] = [];
  for (const { left, right, same, fold, line } of list.pairs) {
    const leftIndex = await indexFor(left, `${list.name}:${line}, left`);
    const rightIndex = await indexFor(right, `${list.name}:${line}, right`);
    pairs.push({ left: leftIndex, right: rightIndex, same, fold });
  }
  const missing = images.filter(({ file }) => file === undefined);
  const [first] = missing;
  if (first !== undefined) {
    const layout = "expected NAME/NAME_0001.jpg in the folder of images";
    throw new DatasetError(
      `${first.source}: no such image, ${missing.length} of ${images.length} are missing: ${layout}`,
    );
  }
  return verificationSetOf({
    foldCount: list.setCount,
    pairs,
    sources: images.map(({ source }) => source),
    readBytes: async (index) => readBytes(images[index]?.file ?? ""),
  });
}
