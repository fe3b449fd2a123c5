import { DatasetError } from "../core/index.ts";
import { decodeImage, type RgbImage } from "../image/index.ts";

/** One face: RGB pixels in 0–255, its label in [0, identityCount), and its source, such as "train.rec#41822". */
export type FaceSample = { readonly image: RgbImage; readonly label: number; readonly source: string };

/**
 * Labeled faces, read one by one in any order. Iterating gives the samples in file order, and may be left early.
 * What iteration or `read` opened is closed by `close`, after which nothing can be read any more.
 */
export interface FaceDataset extends AsyncIterable<FaceSample> {
  readonly identityCount: number;
  readonly sampleCount: number;
  /** Label of each sample, in file order; each in [0, identityCount). */
  readonly labels: Uint32Array;
  /**
   * Where sample `index` comes from, such as "train.rec#41822" or "identity 12, image 3". Folders are often named
   * after people, so a folder's or a file's name is not part of it.
   */
  source(index: number): string;
  /** Decodes sample `index`. @throws {ImageError} when its bytes are no picture. */
  read(index: number): Promise<FaceSample>;
  /** The encoded bytes (JPEG, PNG …) of sample `index`. */
  readBytes(index: number): Promise<Uint8Array>;
  /** Closes the files. Closing twice is allowed. */
  close(): Promise<void>;
}

/** What a reader has to say of its format; decoding and iterating are the same for every one. */
export type FaceDatasetParts = Pick<FaceDataset, "identityCount" | "labels" | "source" | "readBytes" | "close">;

/** A data set over encoded pictures. */
export function faceDataset(parts: FaceDatasetParts): FaceDataset {
  const { identityCount, labels, source, readBytes, close } = parts;
  async function read(index: number): Promise<FaceSample> {
    return { image: await decodeImage(await readBytes(index)), label: labels[index]!, source: source(index) };
  }
  async function* samples(): AsyncGenerator<FaceSample, void> {
    for (let index = 0; index < labels.length; index++) yield await read(index);
  }
  const sampleCount = labels.length;
  return { identityCount, sampleCount, labels, source, read, readBytes, close, [Symbol.asyncIterator]: samples };
}

/** Counts of a set; images per identity from the fewest to the most. */
export type DatasetSummary = {
  readonly identityCount: number;
  readonly sampleCount: number;
  readonly fewestPerIdentity: number;
  readonly medianPerIdentity: number;
  readonly mostPerIdentity: number;
};

/** Counts what a set holds, from its labels alone: no image is read. */
export function summarize(dataset: Pick<FaceDataset, "identityCount" | "sampleCount" | "labels">): DatasetSummary {
  const perIdentity = new Uint32Array(dataset.identityCount);
  for (const label of dataset.labels) perIdentity[label]!++;
  perIdentity.sort();
  const { length } = perIdentity;
  const middle = length >> 1;
  const median = length % 2 === 1 ? perIdentity[middle]! : (perIdentity[middle - 1]! + perIdentity[middle]!) / 2;
  return {
    identityCount: dataset.identityCount,
    sampleCount: dataset.sampleCount,
    fewestPerIdentity: perIdentity[0] ?? 0,
    medianPerIdentity: length === 0 ? 0 : median,
    mostPerIdentity: perIdentity[length - 1] ?? 0,
  };
}

/**
 * Checks that a network can be trained on a set; readers that must look at every file do so when they are opened.
 * @throws {DatasetError} for an empty set, a single identity, or a label outside [0, identityCount).
 */
export function requireTrainable(
  dataset: Pick<FaceDataset, "identityCount" | "sampleCount" | "labels" | "source">,
): void {
  if (dataset.sampleCount === 0) throw new DatasetError("data set: got 0 images, expected images of 2 or more people");
  const outside = dataset.labels.findIndex((label) => label >= dataset.identityCount);
  if (outside >= 0) {
    const range = `[0, ${dataset.identityCount})`;
    throw new DatasetError(`${dataset.source(outside)}: got label ${dataset.labels[outside]}, expected ${range}`);
  }
  if (dataset.identityCount < 2) {
    throw new DatasetError(
      "data set: got a single identity, expected 2 or more: a network learns to tell people apart",
    );
  }
}
