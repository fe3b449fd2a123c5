/**
 * XQLFW's quality scores, `NAME/NAME_0001.jpg score` a line: its pairs are LFW's format, so `readLfwPairs` reads them.
 * @see Knoche et al., Cross-Quality LFW, FG 2021: https://martlgap.github.io/xqlfw
 */
import { DatasetError, requireKind } from "../core/index.ts";
import { listLines, listName, parseFinite, readListBytes } from "./list-lines.ts";

/**
 * Quality of each image, by its file's name without folders and ending, in NFC. Fields may be separated by spaces, tabs
 * or a comma; a first line without a number is a header.
 *
 * @throws {DatasetError} with the line that does not fit.
 */
export async function readQualities(path: string): Promise<ReadonlyMap<string, number>> {
  requireKind("path", path, "a text");
  const name = listName(path);
  const qualities = new Map<string, number>();
  const lines = listLines(await readListBytes(path, "a list of images and their quality"));
  for (const [i, { content, line }] of lines.entries()) {
    const where = `${name}:${line}`;
    const [, image, score] = /^(.*?)[\s,;]+(\S+)$/.exec(content) ?? [];
    if (i === 0 && (score === undefined || !Number.isFinite(Number(score)))) continue;
    if (image === undefined || score === undefined) {
      throw new DatasetError(`${where}: got 1 field, expected the name of an image and its quality`);
    }
    qualities.set(imageStem(image), parseFinite(score, where, "quality"));
  }
  if (qualities.size === 0) throw new DatasetError(`${name}: got no qualities, expected 'IMAGE score' a line`);
  return qualities;
}

/** "ann/ann_0001.jpg" → "ann_0001", in NFC. */
export function imageStem(path: string): string {
  return path
    .trim()
    .replace(/^.*[/\\]/, "")
    .replace(/\.[^.]*$/, "")
    .normalize("NFC");
}
