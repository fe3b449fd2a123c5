import { DatasetError, ImageError, requireFields, textDigest } from "../core/index.ts";
import type { PassedOver } from "../files/index.ts";
import { decodeImage, type RgbImage } from "../image/index.ts";

/** One face: RGB pixels in 0–255, its label in [0, identityCount), and its source, such as "train.rec#41822". */
export type FaceSample = { readonly image: RgbImage; readonly label: number; readonly source: string };

/**
 * Labeled faces, read one by one in any order. Iterating gives the samples in file order and may stop early. `close`
 * closes the files that iterating or `read` opened; nothing can be read afterwards.
 */
export interface FaceDataset extends AsyncIterable<FaceSample> {
  readonly identityCount: number;
  readonly sampleCount: number;
  /** Label of each sample, in file order; each in [0, identityCount). */
  readonly labels: Uint32Array;
  /**
   * The origin of sample `index` for messages, such as "train.rec#41822" or "identity 12, image 3". Folders are often
   * named after people, so it does not hold a folder's or a file's name.
   */
  source(index: number): string;
  /** Decodes sample `index`. @throws {ImageError} that begins with its source, when its bytes are not an image. */
  read(index: number): Promise<FaceSample>;
  /** The encoded bytes (JPEG, PNG …) of sample `index`. */
  readBytes(index: number): Promise<Uint8Array>;
  /**
   * A digest of the identities and samples that the labels stand for, from names of folders and files, or from keys
   * and sizes of records, without reading images. Left out: {@link datasetDigest} makes it from labels and sources.
   */
  digest?(): string;
  /** Files, links or records that give no sample, and why; `describePassedOver` makes a line of them. */
  readonly passedOver?: readonly PassedOver[];
  /** Closes the files. Closing twice is allowed. */
  close(): Promise<void>;
}

/** What differs between formats; decoding and iterating are the same for all. */
export type FaceDatasetParts = Pick<
  FaceDataset,
  "identityCount" | "labels" | "source" | "digest" | "passedOver" | "readBytes" | "close"
>;

/**
 * A digest of what the labels of a data set stand for, as 32 hexadecimal digits; cheap, since no image is read. If it
 * has changed since a run began, a label may mean another person, and the run must not go on with this data set.
 */
export function datasetDigest(dataset: Pick<FaceDataset, "identityCount" | "labels" | "source" | "digest">): string {
  requireFields("data set", dataset, { identityCount: "a number", labels: "a list", source: "a function" });
  const { identityCount, labels, source } = dataset;
  const samples = dataset.digest?.() ?? textDigest(Array.from(labels, (_, index) => source(index)));
  return textDigest([String(identityCount), labels.join(), samples]);
}

/** A data set over encoded images. */
export function faceDataset(parts: FaceDatasetParts): FaceDataset {
  requireFields("parts of a data set", parts, {
    identityCount: "a number",
    labels: "a list",
    source: "a function",
    readBytes: "a function",
    close: "a function",
  });
  const { labels, source, readBytes } = parts;
  async function read(index: number): Promise<FaceSample> {
    const label = labels[index];
    if (label === undefined) throw new DatasetError(`data set: got sample ${index}, expected less than ${sampleCount}`);
    return { image: await decodeSample(await readBytes(index), source(index)), label, source: source(index) };
  }
  async function* samples(): AsyncGenerator<FaceSample, void> {
    for (let index = 0; index < labels.length; index++) yield await read(index);
  }
  const sampleCount = labels.length;
  return { ...parts, sampleCount, read, [Symbol.asyncIterator]: samples };
}

/** Decodes an image. @throws {ImageError} that begins with the image's source. */
export async function decodeSample(bytes: Uint8Array, source: string): Promise<RgbImage> {
  try {
    return await decodeImage(bytes);
  } catch (cause) {
    throw cause instanceof ImageError ? new ImageError(`${source}: ${cause.message}`, { cause }) : cause;
  }
}

/** Counts of a data set; images per identity as fewest, median and most. */
export type DatasetSummary = {
  readonly identityCount: number;
  readonly sampleCount: number;
  readonly fewestPerIdentity: number;
  readonly medianPerIdentity: number;
  readonly mostPerIdentity: number;
};

/** Counts identities and samples from the labels alone: no image is read. */
export function summarize(dataset: Pick<FaceDataset, "identityCount" | "sampleCount" | "labels">): DatasetSummary {
  requireFields("data set", dataset, { identityCount: "a number", sampleCount: "a number", labels: "a list" });
  const perIdentity = new Uint32Array(dataset.identityCount);
  for (const label of dataset.labels) perIdentity[label] = (perIdentity[label] ?? 0) + 1;
  const counts = [...perIdentity.sort()];
  const [lower = 0, upper = 0] = [counts[(counts.length - 1) >> 1], counts[counts.length >> 1]];
  return {
    identityCount: dataset.identityCount,
    sampleCount: dataset.sampleCount,
    fewestPerIdentity: counts[0] ?? 0,
    medianPerIdentity: (lower + upper) / 2,
    mostPerIdentity: counts.at(-1) ?? 0,
  };
}

/**
 * Checks that a network can be trained on a set. Readers that must inspect every file do so when they are opened.
 * @throws {DatasetError} for an empty set, a single identity, or a label outside [0, identityCount).
 */
export function requireTrainable(
  dataset: Pick<FaceDataset, "identityCount" | "sampleCount" | "labels" | "source">,
): void {
  requireFields("data set", dataset, { identityCount: "a number", sampleCount: "a number", labels: "a list" });
  if (dataset.sampleCount === 0) throw new DatasetError("data set: got 0 images, expected images of 2 or more people");
  const outside = dataset.labels.findIndex((label) => label >= dataset.identityCount);
  if (outside >= 0) {
    const range = `[0, ${dataset.identityCount})`;
    throw new DatasetError(`${dataset.source(outside)}: got label ${dataset.labels[outside]}, expected ${range}`);
  }
  if (dataset.identityCount < 2) {
    throw new DatasetError(
      "data set: got a single identity, expected 2 or more: a network learns what distinguishes people",
    );
  }
}
