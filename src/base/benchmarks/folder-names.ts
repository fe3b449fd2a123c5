import { readdir, stat } from "node:fs/promises";

/** The names of the files in a folder, sorted; none where there is no such folder. */
export async function namesInFolder(folder: string): Promise<string[]> {
  return (await readdir(folder).catch((): string[] => [])).sort();
}

/** Whether a path leads to a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
