/** What a sweep learns from and is tested on: faces to train on, and pairs of people who are not among them. */
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

/** Where faces and pairs come from; nothing given: synthetic people. */
export type MaterialOptions = {
  /** Folder of faces or `train.rec`. */
  readonly data?: string;
  /** Folder of aligned images, and LFW-style list of pairs. */
  readonly verifyImages?: string;
  readonly verifyPairs?: string;
  /** Keep the first so many identities; default all, or 200 synthetic ones. */
  readonly identities?: number;
  /** Keep the first so many images of each identity; default all, or 20 synthetic ones. */
  readonly imagesPerIdentity?: number;
  /** [height, width] in pixels that everything is brought to. */
  readonly inputSize: readonly [number, number];
};

/** Faces and pairs, decoded once for all runs. */
export type Material = {
  readonly dataset: FaceDataset;
  readonly verification: VerificationSet;
  /** Name of the verification's protocol: "lfw" or "synthetic". */
  readonly protocol: string;
};

/** Synthetic people of a sweep; those of the test are numbered from where those of training end. */
const SYNTHETIC = { identityCount: 200, imagesPerIdentity: 20, seed: 1 };
const UNSEEN = { identityCount: 100, imagesPerIdentity: 8, pairsPerFold: 200 };

/** Opens the material. @throws {OptionError} for data without pairs or the reverse; {DatasetError} for what cannot be read. */
export async function openMaterial(options: MaterialOptions): Promise<Material> {
  const { data, verifyImages, verifyPairs, identities, imagesPerIdentity, inputSize } = options;
  const given = [data, verifyImages, verifyPairs].filter((path) => path !== undefined).length;
  if (given !== 0 && given !== 3) {
    throw new OptionError(
      "experiment: got some of --data, --verify-images and --verify-pairs, expected all, or none for synthetic people",
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

/** The first identities of a set, and the first images of each. */
export function keepFirst(
  dataset: FaceDataset,
  identityCount = dataset.identityCount,
  imagesPerIdentity = Number.POSITIVE_INFINITY,
): FaceDataset {
  const taken = new Uint32Array(dataset.identityCount);
  const kept: number[] = [];
  for (const [index, label] of dataset.labels.entries()) {
    if (label < identityCount && taken[label]!++ < imagesPerIdentity) kept.push(index);
  }
  const labels = Uint32Array.from(kept, (index) => dataset.labels[index]!);
  return {
    identityCount: Math.min(identityCount, dataset.identityCount),
    sampleCount: kept.length,
    labels,
    source: (index) => dataset.source(kept[index]!),
    read: (index) => dataset.read(kept[index]!),
    readBytes: (index) => dataset.readBytes(kept[index]!),
    close: () => dataset.close(),
    async *[Symbol.asyncIterator]() {
      for (const index of kept) yield await dataset.read(index);
    },
  };
}

/** A set whose pictures are decoded and fitted to the input once, and then kept. */
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

/** Pairs whose pictures are decoded and fitted to the input once, and then kept. */
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
