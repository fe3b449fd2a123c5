import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError, ImageError } from "../../core/index.ts";
import { type FaceDataset, faceDataset } from "../face-dataset.ts";
import { listFolder } from "./source.ts";

/** A data set read from a folder for each identity. */
export interface FolderDataset extends FaceDataset {
  /** Files that were passed over, relative to the folder: no images by their ending, or too deep. */
  readonly otherFiles: readonly string[];
  /** The file of sample `index`, relative to the folder. It may hold a person's name: not for logs. */
  relativePath(index: number): string;
}

/**
 * Opens a folder that holds one folder for each identity: labels are the places of their names in sorted order.
 * Folders without images get no label. A source reads "identity 12, image 3": label 12, its third image.
 *
 * @throws {DatasetError} when there are no images.
 */
export async function openFolder(root: string): Promise<FolderDataset> {
  const { identities, otherFiles } = await listFolder(root);
  const paths = identities.flat();
  if (paths.length === 0) {
    const found =
      otherFiles.length === 0 ? "an empty folder" : `${otherFiles.length} files, none of them in such a folder`;
    throw new DatasetError(`folder data set: got ${found}, expected a folder for each person with JPEG or PNG images`);
  }
  const numbers = identities.flatMap((images) => images.map((_, i) => i + 1));
  const labels = Uint32Array.from(identities.flatMap((images, label) => images.map(() => label)));
  const source = (index: number): string => `identity ${labels[index]}, image ${numbers[index]}`;
  const dataset = faceDataset({
    identityCount: identities.length,
    labels,
    source,
    readBytes: (index) =>
      readFile(join(root, paths[index]!)).catch((cause: NodeJS.ErrnoException) => {
        // Without the system's message, which holds the path.
        throw new ImageError(`${source(index)}: the file cannot be read (${cause.code})`);
      }),
    close: async () => {},
  });
  return { ...dataset, otherFiles, relativePath: (index) => paths[index]! };
}
