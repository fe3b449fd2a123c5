import { open, rename } from "node:fs/promises";

/** Writes a file whole or not at all. */
export async function writeAtomically(path: string, parts: readonly (Uint8Array | string)[]): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  const file = await open(draft, "w");
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
