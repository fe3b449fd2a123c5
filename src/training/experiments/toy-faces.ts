import { DatasetError, OptionError } from "../../base/core/index.ts";
import { type FaceDataset, type FaceSample, openDataset } from "../../base/data/index.ts";
import { encodeImage, fitToInput } from "../../base/image/index.ts";
import { syntheticFaces } from "../synthetic/index.ts";

/** Source of the faces of the toy experiment. */
export type ToyFacesOptions = {
  /** Folder of faces or `train.rec`; default: synthetic people. */
  readonly data?: string;
  readonly identityCount: number;
  /** Most images per identity. */
  readonly imagesPerIdentity: number;
  /** [height, width] in pixels. */
  readonly inputSize: readonly [number, number];
  /** Seed of the synthetic people. */
  readonly seed: number;
};

/**
 * The first images of a few identities, decoded, resized and kept in memory: the identities with the most images, and
 * of several with the same number the first ones.
 *
 * @throws {DatasetError} when the set has fewer identities.
 */
export async function toyFaces(options: ToyFacesOptions): Promise<FaceDataset> {
  const { data, identityCount, imagesPerIdentity, inputSize, seed } = options;
  const [height, width] = inputSize;
  const dataset =
    data === undefined
      ? syntheticFaces({ identityCount, imagesPerIdentity, seed, height, width })
      : await openDataset(data);
  try {
    const samples: FaceSample[] = [];
    for (const [label, indices] of largestIdentities(dataset, identityCount, imagesPerIdentity).entries()) {
      for (const index of indices) {
        const { image, source } = await dataset.read(index);
        samples.push({ image: await fitToInput(image, height, width), label, source });
      }
    }
    return inMemory(samples, identityCount);
  } finally {
    await dataset.close();
  }
}

/** Indices of the images of the identities with the most images, in order of their labels. */
export function largestIdentities(
  { labels, identityCount }: Pick<FaceDataset, "labels" | "identityCount">,
  count: number,
  imagesPerIdentity: number,
): number[][] {
  const indicesOf = Array.from({ length: identityCount }, (): number[] => []);
  for (const [index, label] of labels.entries()) indicesOf[label]?.push(index);
  const found = indicesOf.filter((indices) => indices.length > 0);
  if (found.length < count) {
    throw new DatasetError(`data set: got ${found.length} identities with images, expected at least ${count}`);
  }
  const largest = [...found].sort((a, b) => b.length - a.length).slice(0, count);
  return found.filter((indices) => largest.includes(indices)).map((indices) => indices.slice(0, imagesPerIdentity));
}

function inMemory(samples: readonly FaceSample[], identityCount: number): FaceDataset {
  const sampleAt = (index: number): FaceSample => {
    const sample = samples[index];
    if (sample === undefined) throw new OptionError(`got sample ${index}, expected one of ${samples.length}`);
    return sample;
  };
  return {
    identityCount,
    sampleCount: samples.length,
    labels: Uint32Array.from(samples, ({ label }) => label),
    source: (index) => sampleAt(index).source,
    read: async (index) => sampleAt(index),
    readBytes: (index) => encodeImage(sampleAt(index).image, { format: "png" }),
    close: async () => {},
    async *[Symbol.asyncIterator]() {
      yield* samples;
    },
  };
}
