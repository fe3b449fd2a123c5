/**
 * AgeDB's pairs for a difference of 30 years (and of 5, 10 and 20): a MAT-file with a cell `splits` of ten
 * structures. The first field of each is a cell of 2 × 600 images, each a structure or text with its name; the second
 * one is labels, 1 for one person and −1 for two.
 * @see Moschoglou et al., AgeDB: the first manually collected, in-the-wild age database, CVPR Workshops 2017
 * @see FaceX-Zoo, `test_protocol/lfw/pairs_parser.py` (the structure of the file)
 */
import { DatasetError, requireKind } from "../core/index.ts";
import { listName, readListBytes } from "./list-lines.ts";
import { type ListedPair, listedPath } from "./listed-pairs.ts";
import { type MatValue, readMatFile } from "./mat-file.ts";

/** Reads the pairs, in the order of the file. @throws {DatasetError} that names the split and the pair. */
export async function readAgeDbPairs(path: string): Promise<ListedPair[]> {
  requireKind("path", path, "a text");
  const name = listName(path);
  const variables = await readMatFile(await readListBytes(path, "AgeDB's MAT-file of splits"), name);
  const splits = variables.get("splits");
  if (splits === undefined || !("elements" in splits) || splits.elements.length < 2) {
    throw new DatasetError(`${name}: got no cell 'splits' of two or more splits, expected AgeDB's pairs`);
  }
  return splits.elements.flatMap((split, fold) => readSplit(split, fold, `${name}: split ${fold + 1}`));
}

function readSplit(split: MatValue | readonly MatValue[], fold: number, where: string): ListedPair[] {
  const [images, labels] = "kind" in split ? fieldsOf(split) : split;
  if (images?.kind !== "cell" || labels?.kind !== "numbers") {
    throw new DatasetError(`${where}: expected a structure of a cell of images and of labels`);
  }
  const { sizes, elements } = images;
  const count = labels.data.length;
  if (elements.length !== 2 * count || count === 0) {
    throw new DatasetError(`${where}: got ${elements.length} images for ${count} labels, expected two a label`);
  }
  // Column by column: in 2 × N the images of a pair follow each other, in N × 2 they are N apart.
  const [step, apart] = sizes[0] === 2 ? [2, 1] : [1, count];
  return Array.from(labels.data, (label, i): ListedPair => {
    const place = `${where}, pair ${i + 1}`;
    if (label !== 1 && label !== -1 && label !== 0) {
      throw new DatasetError(`${place}: got label ${label}, expected 1 (one person) or -1 (two people)`);
    }
    const imageAt = (index: number, side: string) => {
      const image = elements[index];
      return `${listedPath(image === undefined ? "" : nameOf(image), `${place}, ${side}`).replace(/\.jpg$/i, "")}.jpg`;
    };
    const left = imageAt(step * i, "left");
    return { left, right: imageAt(step * i + apart, "right"), same: label === 1, fold, where: place };
  });
}

/** The fields of the one structure that a value is or holds. */
function fieldsOf(value: MatValue): readonly MatValue[] {
  if (value.kind === "structure") return value.elements[0] ?? [];
  const [first] = value.kind === "cell" ? value.elements : [];
  return first === undefined ? [] : fieldsOf(first);
}

/** The text that a value is or that its first element and first field hold; none for anything else. */
function nameOf(value: MatValue): string {
  if (value.kind === "text") return value.text;
  if (value.kind === "numbers") return "";
  const [first] = value.kind === "cell" ? value.elements : (value.elements[0] ?? []);
  return first === undefined ? "" : nameOf(first);
}
