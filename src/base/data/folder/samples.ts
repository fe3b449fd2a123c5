import { readFile } from "node:fs/promises";
import { DatasetError, ImageError, requireKind, textDigest } from "../../core/index.ts";
import { describePassedOver, describeReadError, isMissing, type PassedOver } from "../../files/index.ts";
import { type FaceDataset, faceDataset } from "../face-dataset.ts";
import { listPeople } from "./people.ts";

/** A data set read from a folder for each identity. */
export interface FolderDataset extends FaceDataset {
  /** Files and folders that give no sample, and why; `describePassedOver` makes a line of them. */
  readonly passedOver: readonly PassedOver[];
  /** Name of each identity's folder, by label, in Unicode's composed form (NFC). Names of people: not for logs. */
  readonly identityNames: readonly string[];
  /** The file of sample `index`, relative to the folder, in NFC. It may hold a person's name: not for logs. */
  relativePath(index: number): string;
  /** The path to open sample `index` by, as it is on the disk: its Unicode form may differ from `relativePath`'s. */
  filePath(index: number): string;
}

/**
 * Opens a folder that holds one folder for each identity, whose images may lie in deeper folders; labels are the
 * indices of their names in sorted order. Images are recognized by their first bytes, and each real file counts once.
 * Folders without images get no label. A source reads "identity 12, image 3": label 12, its third image.
 *
 * @throws {DatasetError} when there are no images.
 */
export async function openFolder(root: string): Promise<FolderDataset> {
  requireKind("folder", root, "a text");
  const { names, images, passedOver } = await listPeople(root);
  const samples = images.flatMap((files, label) => files.map((file, i) => ({ ...file, label, number: i + 1 })));
  if (samples.length === 0) {
    if (isMissing(root, passedOver)) throw new DatasetError(`${root}: there is no such folder`, { file: root });
    const found = describePassedOver(passedOver, 0) ?? "nothing in it";
    throw new DatasetError(`folder data set: got no image (${found}), expected a folder for each person with images`, {
      file: root,
    });
  }
  const sampleAt = (index: number) => {
    const sample = samples[index];
    if (sample !== undefined) return sample;
    throw new DatasetError(`folder data set: got sample ${index}, expected less than ${samples.length}`);
  };
  const source = (index: number): string => {
    const { label, number } = sampleAt(index);
    return `identity ${label}, image ${number}`;
  };
  const dataset = faceDataset({
    identityCount: names.length,
    labels: Uint32Array.from(samples, ({ label }) => label),
    source,
    digest: () => textDigest(samples.map(({ name }) => name)),
    readBytes: (index) =>
      readFile(sampleAt(index).path).catch((cause: NodeJS.ErrnoException) => {
        // Without the system's message, which holds the path.
        throw new ImageError(`${source(index)}: ${describeReadError(cause)}`);
      }),
    close: async () => {},
  });
  return {
    ...dataset,
    passedOver,
    identityNames: names,
    relativePath: (index) => sampleAt(index).name,
    filePath: (index) => sampleAt(index).path,
  };
}
