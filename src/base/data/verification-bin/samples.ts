import { DatasetError, ofFile, requireKind } from "../../core/index.ts";
import { readBytes } from "../../files/index.ts";
import { type EncodedVerificationSet, type VerificationPair, verificationSetOf } from "../verification-set.ts";
import { type PickleValue, parsePickle } from "./records.ts";

/** Folds of InsightFace's protocol: scikit-learn's `KFold(10)` without shuffling. */
const FOLD_COUNT = 10;

/**
 * Reads one of InsightFace's verification sets (`lfw.bin`, `cfp_fp.bin`, `agedb_30.bin`): a pickle of encoded images,
 * two for each pair in turn, and of whether each pair shows one person.
 *
 * @throws {DatasetError} when the file cannot be read or holds something else.
 */
export async function readVerificationBin(path: string): Promise<EncodedVerificationSet> {
  requireKind("path", path, "a text");
  const name = path.replace(/^.*[/\\]/, "");
  return ofFile(path, async () => {
    const bytes = await readBytes(path).catch((cause: unknown) => {
      throw new DatasetError(`${name}: cannot be read: expected a verification set`, { cause });
    });
    return verificationSet(parsePickle(bytes, name), name);
  });
}

/** The pairs in an unpickled verification set. Labels may be a list or an array of numpy. */
export function verificationSet(value: PickleValue, name: string): EncodedVerificationSet {
  const [images, labels] = Array.isArray(value) ? value : [];
  const areSame = labels instanceof Uint8Array ? [...labels] : labels;
  if (!Array.isArray(images) || !Array.isArray(areSame)) {
    throw new DatasetError(`${name}: expected a pair of lists: images, and whether two of them show one person`);
  }
  if (images.length !== 2 * areSame.length || areSame.length < FOLD_COUNT) {
    const expected = `two images a pair and at least ${FOLD_COUNT} pairs`;
    throw new DatasetError(`${name}: got ${images.length} images for ${areSame.length} pairs, expected ${expected}`);
  }
  const encoded = images.map((image, index) => {
    if (image instanceof Uint8Array) return image;
    throw new DatasetError(`${name}#${index}: got a ${typeof image}, expected the bytes of an image`);
  });
  const pairs = areSame.map((same, i): VerificationPair => {
    if (typeof same !== "boolean" && same !== 0 && same !== 1) {
      throw new DatasetError(`${name}: pair ${i}: got a ${typeof same}, expected true or false`);
    }
    return { left: 2 * i, right: 2 * i + 1, same: Boolean(same), fold: foldOf(i, areSame.length) };
  });
  return verificationSetOf({
    foldCount: FOLD_COUNT,
    pairs,
    sources: encoded.map((_, index) => `${name}#${index}`),
    readBytes: async (index) => encoded[index] ?? new Uint8Array(0),
  });
}

/** Folds are runs of pairs; if the count is not a multiple, the first folds are longer by one. */
function foldOf(pair: number, pairCount: number): number {
  const shorter = Math.floor(pairCount / FOLD_COUNT);
  const longerCount = pairCount % FOLD_COUNT;
  const inLonger = longerCount * (shorter + 1);
  return pair < inLonger ? Math.floor(pair / (shorter + 1)) : longerCount + Math.floor((pair - inLonger) / shorter);
}
