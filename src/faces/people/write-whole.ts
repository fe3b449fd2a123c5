import { rename, rm, writeFile } from "node:fs/promises";

/** Writes a file beside its place and renames it, so that a reader or a crash never meets half of it. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
