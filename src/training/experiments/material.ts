/** Training and test data of a sweep: faces to train on, and pairs of other people. */
import { OptionError } from "../../base/core/index.ts";
import {
  type FaceDataset,
  type FaceSample,
  lfwImages,
  openDataset,
  readLfwPairs,
  type VerificationSet,
} from "../../base/data/index.ts";
import type { RgbImage } from "../../base/image/index.ts";
import { fitToInput } from "../../base/image/index.ts";
import { syntheticFaces, syntheticVerification } from "../synthetic/index.ts";

/** Sources of faces and pairs; default: synthetic people. */
export type MaterialOptions = {
  /** Folder of faces or `train.rec`. */
  readonly data?: string;
  /** Folder of aligned images to verify. */
  readonly verifyImages?: string;
  /** List of pairs of these images, in LFW's format. */
  readonly verifyPairs?: string;
  /** Number of identities to use, the first ones; default all, or 200 synthetic ones. */
  readonly identities?: number;
  /** Number of images per identity to use, the first ones; default all, or 20 synthetic ones. */
  readonly imagesPerIdentity?: number;
  /** [height, width] in pixels of all images. */
  readonly inputSize: readonly [number, number];
};

/** Faces and pairs, decoded once for all runs. */
export type Material = {
  readonly dataset: FaceDataset;
  readonly verification: VerificationSet;
  /** Name of the verification protocol: "lfw" or "synthetic". */
  readonly protocol: string;
};

/** Synthetic people of a sweep. The numbers of the test identities follow those of the training identities. */
const SYNTHETIC = { identityCount: 200, imagesPerIdentity: 20, seed: 1 };
const UNSEEN = { identityCount: 100, imagesPerIdentity: 8, pairsPerFold: 200 };

/**
 * Opens the data of a sweep.
 *
 * @throws {OptionError} for faces without pairs or the reverse.
 * @throws {DatasetError} for files that cannot be read.
 */
export async function openMaterial(options: MaterialOptions): Promise<Material> {
  const { data, verifyImages, verifyPairs, identities, imagesPerIdentity, inputSize } = options;
  const given = [data, verifyImages, verifyPairs].filter((path) => path !== undefined).length;
  if (given !== 0 && given !== 3) {
    throw new OptionError(
      "got some of --data, --verify-images and --verify-pairs, expected all three, or none of them for synthetic people",
    );
  }
  const [height, width] = inputSize;
  if (data === undefined || verifyImages === undefined || verifyPairs === undefined) {
    const identityCount = identities ?? SYNTHETIC.identityCount;
    const people = { ...SYNTHETIC, identityCount, imagesPerIdentity: imagesPerIdentity ?? SYNTHETIC.imagesPerIdentity };
    const unseen = { ...UNSEEN, firstIdentity: identityCount, seed: SYNTHETIC.seed, height, width };
    return {
      dataset: keepFitted(syntheticFaces({ ...people, height, width }), inputSize),
      verification: keepImages(syntheticVerification(unseen), inputSize),
      protocol: "synthetic",
    };
  }
  const dataset = keepFirst(await openDataset(data), identities, imagesPerIdentity);
  const verification = await lfwImages(verifyImages, await readLfwPairs(verifyPairs));
  return {
    dataset: keepFitted(dataset, inputSize),
    verification: keepImages(verification, inputSize),
    protocol: "lfw",
  };
}

/** A data set reduced to its first identities and the first images of each. */
export function keepFirst(
  dataset: FaceDataset,
  identityCount = dataset.identityCount,
  imagesPerIdentity = Number.POSITIVE_INFINITY,
): FaceDataset {
  const taken = new Map<number, number>();
  const kept: { readonly index: number; readonly label: number }[] = [];
  for (const [index, label] of dataset.labels.entries()) {
    const count = taken.get(label) ?? 0;
    if (label >= identityCount || count >= imagesPerIdentity) continue;
    taken.set(label, count + 1);
    kept.push({ index, label });
  }
  const labels = Uint32Array.from(kept, ({ label }) => label);
  const indexOf = (sample: number): number => {
    const { index } = kept[sample] ?? {};
    if (index === undefined) throw new OptionError(`got sample ${sample}, expected one of ${kept.length}`);
    return index;
  };
  return {
    identityCount: Math.min(identityCount, dataset.identityCount),
    sampleCount: kept.length,
    labels,
    source: (index) => dataset.source(indexOf(index)),
    read: (index) => dataset.read(indexOf(index)),
    readBytes: (index) => dataset.readBytes(indexOf(index)),
    close: () => dataset.close(),
    async *[Symbol.asyncIterator]() {
      for (const { index } of kept) yield await dataset.read(index);
    },
  };
}

/** A set that decodes and resizes each image once and keeps it in memory. */
function keepFitted(dataset: FaceDataset, [height, width]: readonly [number, number]): FaceDataset {
  const kept = new Map<number, FaceSample>();
  const read = async (index: number): Promise<FaceSample> => {
    const known = kept.get(index);
    if (known !== undefined) return known;
    const sample = await dataset.read(index);
    const fitted = { ...sample, image: await fitToInput(sample.image, height, width) };
    kept.set(index, fitted);
    return fitted;
  };
  const { identityCount, sampleCount, labels } = dataset;
  return {
    identityCount,
    sampleCount,
    labels,
    source: (index) => dataset.source(index),
    read,
    readBytes: (index) => dataset.readBytes(index),
    close: () => dataset.close(),
    async *[Symbol.asyncIterator]() {
      for (let index = 0; index < sampleCount; index++) yield await read(index);
    },
  };
}

/** A verification set that decodes and resizes each image once and keeps it in memory. */
function keepImages(set: VerificationSet, [height, width]: readonly [number, number]): VerificationSet {
  const kept = new Map<number, RgbImage>();
  return {
    ...set,
    read: async (index) => {
      const known = kept.get(index);
      if (known !== undefined) return known;
      const fitted = await fitToInput(await set.read(index), height, width);
      kept.set(index, fitted);
      return fitted;
    },
  };
}
