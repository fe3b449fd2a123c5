import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Paths of the files in a person's folder by their names without ending, in NFC; each folder is listed once. */
export type FolderFiles = (folder: string) => Promise<ReadonlyMap<string, string>>;

/** Looks up folders below `root` by their names in NFC. A folder that does not exist is empty. */
export function folderFiles(root: string): FolderFiles {
  const listed = new Map<string, Promise<ReadonlyMap<string, string>>>();
  let folders: Promise<ReadonlyMap<string, readonly string[]>> | undefined;

  async function listFiles(name: string): Promise<ReadonlyMap<string, string>> {
    folders ??= foldersByName(root);
    const files = new Map<string, string>();
    for (const folder of (await folders).get(name) ?? []) {
      for (const file of await namesIn(join(root, folder))) {
        files.set(file.replace(/\.[^.]*$/, "").normalize("NFC"), join(root, folder, file));
      }
    }
    return files;
  }
  return (folder) => {
    const files = listed.get(folder) ?? listFiles(folder);
    listed.set(folder, files);
    return files;
  };
}

/** A name may have been written in NFC and in NFD: then two folders are one person's. */
async function foldersByName(root: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const folders = new Map<string, string[]>();
  for (const name of await namesIn(root)) {
    const normalized = name.normalize("NFC");
    folders.set(normalized, [...(folders.get(normalized) ?? []), name]);
  }
  return folders;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch((): string[] => [])).sort();
}
