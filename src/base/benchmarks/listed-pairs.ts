/**
 * Pairs of images that a list names by their paths, in folds: what CFP, CALFW, CPLFW, AgeDB, XQLFW and RFW publish,
 * each in its own syntax.
 */
import { DatasetError, requireKind } from "../core/index.ts";
import { type EncodedVerificationSet, type VerificationPair, verificationSetOf } from "../data/index.ts";
import { readBytes } from "../files/index.ts";
import { namesInFolder } from "./folder-names.ts";

/** A pair as a list has it: paths of images below a folder, with `/` between folders. */
export type ListedPair = {
  readonly left: string;
  readonly right: string;
  /** Genuine pair (true) or impostor pair (false). */
  readonly same: boolean;
  /** Fold that the pair is tested in, from 0. */
  readonly fold: number;
  /** File and line, for messages: "pairs.txt:17". */
  readonly where: string;
};

/** A verification set, and the path by which the list names each image. */
export type ListedImages = EncodedVerificationSet & { readonly paths: readonly string[] };

/**
 * The images that pairs name, each once, in order of first mention. A file may have another ending than the list has,
 * such as `.png`: crops are often stored so.
 *
 * @throws {DatasetError} when images are missing, with their number and the first line and side that name one.
 */
export async function listedImages(folder: string, pairs: readonly ListedPair[]): Promise<ListedImages> {
  requireKind("folder", folder, "a text");
  requireKind("pairs", pairs, "a list");
  const listed = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const filesIn = (part: string) => {
    const found = listed.get(part) ?? filesByStem(`${folder}/${part}`);
    listed.set(part, found);
    return found;
  };
  const indexOf = new Map<string, number>();
  const images: { readonly source: string; readonly file: string | undefined }[] = [];
  const indexFor = async (path: string, source: string): Promise<number> => {
    const known = indexOf.get(path);
    if (known !== undefined) return known;
    const [, part = "", name = path] = /^(.*)\/([^/]*)$/.exec(path) ?? [];
    const index = images.push({ source, file: (await filesIn(part)).get(stemOf(name)) }) - 1;
    indexOf.set(path, index);
    return index;
  };
  const made: VerificationPair[] = [];
  for (const { left, right, same, fold, where } of pairs) {
    const leftIndex = await indexFor(left, `${where}, left`);
    made.push({ left: leftIndex, right: await indexFor(right, `${where}, right`), same, fold });
  }
  const missing = images.filter(({ file }) => file === undefined);
  const [first] = missing;
  if (first !== undefined) {
    throw new DatasetError(
      `${first.source}: no such image, ${missing.length} of ${images.length} are missing: expected them in the folder of images, by the list's paths`,
    );
  }
  const set = verificationSetOf({
    foldCount: pairs.reduce((highest, { fold }) => Math.max(highest, fold + 1), 0),
    pairs: made,
    sources: images.map(({ source }) => source),
    readBytes: async (index) => readBytes(images[index]?.file ?? ""),
  });
  return { ...set, paths: [...indexOf.keys()] };
}

/**
 * A path of a list that stays below the folder of images, with `/`. @throws {DatasetError} that begins with `where`.
 */
export function listedPath(text: string, where: string): string {
  const path = text
    .trim()
    .replaceAll("\\", "/")
    .replace(/^(?:\.\/)+/, "")
    .normalize("NFC");
  if (path === "" || path.startsWith("/") || path.split("/").includes("..")) {
    throw new DatasetError(`${where}: expected the path of an image below the folder of images`);
  }
  return path;
}

async function filesByStem(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await namesInFolder(folder);
  return new Map(names.map((name) => [stemOf(name.normalize("NFC")), `${folder}/${name}`]));
}

function stemOf(name: string): string {
  return name.replace(/\.(?:jpe?g|png|webp|bmp|ppm|pgm)$/i, "");
}
