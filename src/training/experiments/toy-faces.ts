import { DatasetError } from "../../base/core/index.ts";
import { type FaceDataset, type FaceSample, openDataset } from "../../base/data/index.ts";
import { encodeImage, fitToInput } from "../../base/image/index.ts";
import { syntheticFaces } from "../synthetic/index.ts";

/** Where the toy's faces come from. */
export type ToyFacesOptions = {
  /** Folder of faces or `train.rec`; default: synthetic people. */
  readonly data?: string;
  readonly identityCount: number;
  /** At most so many images of each. */
  readonly imagesPerIdentity: number;
  /** [height, width] in pixels. */
  readonly inputSize: readonly [number, number];
  /** Names the synthetic population. */
  readonly seed: number;
};

/**
 * A few identities, decoded, fitted to the input and kept: those with the most images, the first where several have
 * equally many, with their first images.
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

/** Indices of the images of the identities that have the most of them, in order of their labels in the set. */
export function largestIdentities(
  { labels, identityCount }: Pick<FaceDataset, "labels" | "identityCount">,
  count: number,
  imagesPerIdentity: number,
): number[][] {
  const indicesOf = Array.from({ length: identityCount }, (): number[] => []);
  for (const [index, label] of labels.entries()) indicesOf[label]!.push(index);
  const found = indicesOf.filter((indices) => indices.length > 0);
  if (found.length < count) {
    throw new DatasetError(`toy: got ${found.length} identities with images, expected at least ${count}`);
  }
  const largest = [...found].sort((a, b) => b.length - a.length).slice(0, count);
  return found.filter((indices) => largest.includes(indices)).map((indices) => indices.slice(0, imagesPerIdentity));
}

function inMemory(samples: readonly FaceSample[], identityCount: number): FaceDataset {
  return {
    identityCount,
    sampleCount: samples.length,
    labels: Uint32Array.from(samples, ({ label }) => label),
    source: (index) => samples[index]!.source,
    read: async (index) => samples[index]!,
    readBytes: (index) => encodeImage(samples[index]!.image, { format: "png" }),
    close: async () => {},
    async *[Symbol.asyncIterator]() {
      yield* samples;
    },
  };
}
