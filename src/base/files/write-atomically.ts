import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** How a file is written. */
export type WriteOptions = {
  /** Permissions of a new file; default 0o666 less the process's umask. Use 0o600 for faces, embeddings and keys. */
  readonly mode?: number;
  /** Creates the folder if it is missing. Default false. */
  readonly makeFolder?: boolean;
};

/** Contents of a file, part by part. */
type Parts = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/** Makes the names of drafts that one process writes at the same time differ. */
let draftCount = 0;

/**
 * Writes a file whole or not at all. The parts go into a draft beside it, which gets the file's name when everything
 * is on the disk. If writing fails, the draft is removed, and a file of that name stays as it was.
 */
export async function writeAtomically(path: string, parts: Parts, options: WriteOptions = {}): Promise<void> {
  const { mode, makeFolder = false } = options;
  if (makeFolder) await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}-${draftCount++}.draft`;
  const file = await open(draft, "w", mode);
  try {
    try {
      if (mode !== undefined) await file.chmod(mode); // Neither umask nor a draft of an earlier process may widen it.
      for await (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
