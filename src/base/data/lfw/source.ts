import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Files of a folder by their name without ending, for folders listed once each. */
export type FolderFiles = (folder: string) => Promise<ReadonlyMap<string, string>>;

/** Looks folders under `root` up; one that does not exist is empty. */
export function folderFiles(root: string): FolderFiles {
  const listed = new Map<string, Promise<ReadonlyMap<string, string>>>();
  return (folder) => {
    let files = listed.get(folder);
    if (files === undefined) {
      files = listFiles(join(root, folder));
      listed.set(folder, files);
    }
    return files;
  };
}

async function listFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder).catch((): string[] => []);
  return new Map(names.sort().map((name) => [name.replace(/\.[^.]*$/, ""), join(folder, name)]));
}
