import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError } from "../../core/index.ts";

/** What a folder of identities holds; paths are relative to it, with `/`, sorted by code unit. */
export type FolderListing = {
  /** A list of image files for each folder that has any. */
  readonly identities: readonly (readonly string[])[];
  /** Files that are no images by their ending, or that lie where no image is expected. */
  readonly otherFiles: readonly string[];
};

/** Names of files that are pictures by their ending. */
export const IMAGE_ENDING = /\.(jpe?g|png|webp|gif|tiff?|bmp|pgm|ppm|pnm)$/i;

/**
 * Lists `IDENTITY/IMAGE`, one level deep. Names that start with a dot are ignored: they are files of the system
 * (`.DS_Store`), not of the set. Sorting by code unit gives the same labels on every machine and in every language.
 */
export async function listFolder(root: string): Promise<FolderListing> {
  const identities: string[][] = [];
  const otherFiles: string[] = [];
  for (const entry of await entriesOf(root)) {
    if (!entry.isFolder) {
      otherFiles.push(entry.name);
      continue;
    }
    const images: string[] = [];
    for (const inner of await entriesOf(join(root, entry.name))) {
      const path = `${entry.name}/${inner.name}`;
      if (!inner.isFolder && IMAGE_ENDING.test(inner.name)) images.push(path);
      else otherFiles.push(path);
    }
    if (images.length > 0) identities.push(images);
  }
  return { identities, otherFiles };
}

async function entriesOf(folder: string): Promise<{ readonly name: string; readonly isFolder: boolean }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new DatasetError(`folder data set: a folder cannot be read (${cause.code})`, { cause });
  });
  const visible = entries.filter(({ name }) => !name.startsWith("."));
  visible.sort((a, b) => (a.name < b.name ? -1 : 1));
  return Promise.all(
    visible.map(async (entry) => ({
      name: entry.name,
      isFolder: entry.isSymbolicLink() ? await isFolder(join(folder, entry.name)) : entry.isDirectory(),
    })),
  );
}

/** Follows a link; one that leads nowhere is no folder, and is met as a broken image later. */
async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
