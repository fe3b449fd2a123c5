import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** How files are written. */
export type WriteOptions = {
  /** Permissions of a new file; default 0o666 less the process's umask. Use 0o600 for faces, embeddings and keys. */
  readonly mode?: number;
  /** Creates the folder if it is missing. Default false. */
  readonly makeFolder?: boolean;
};

/** Contents of a file, part by part. */
export type FileParts = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/** Makes the names of drafts that one process writes at the same time differ. */
let draftCount = 0;

/**
 * Writes a file whole or not at all. The parts go into a draft beside it, which gets the file's name when everything
 * is on the disk. If writing fails, the draft is removed, and a file of that name stays as it was.
 */
export function writeAtomically(path: string, parts: FileParts, options: WriteOptions = {}): Promise<void> {
  return writeTogether([{ path, parts }], options);
}

/**
 * Writes files that belong together, in their order: none gets its name before all of them are on the disk. If
 * writing fails, all drafts are removed.
 */
export async function writeTogether(
  files: readonly { readonly path: string; readonly parts: FileParts }[],
  { mode, makeFolder = false }: WriteOptions = {},
): Promise<void> {
  const drafts = files.map(({ path, parts }) => ({
    path,
    parts,
    draft: `${path}.${process.pid}-${draftCount++}.draft`,
  }));
  try {
    for (const { path, parts, draft } of drafts) {
      if (makeFolder) await mkdir(dirname(path), { recursive: true });
      await writeDraft(draft, parts, mode);
    }
    for (const { path, draft } of drafts) await rename(draft, path);
  } catch (error) {
    for (const { draft } of drafts) await rm(draft, { force: true });
    throw error;
  }
}

async function writeDraft(draft: string, parts: FileParts, mode: number | undefined): Promise<void> {
  const file = await open(draft, "w", mode);
  try {
    if (mode !== undefined) await file.chmod(mode); // Neither the umask nor an old draft may widen it.
    for await (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}
