/**
 * Lets one process at a time open a folder of PGlite: two would each work on their own copy of its pages. The lock is a
 * file with the id and start time of its process, since a killed process leaves its file behind and ids are reused, in
 * containers always the same. A file whose process is gone is taken over.
 */
import { link, readFile, rename, rm, unlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UnavailableError } from "../../../base/core/index.ts";

/** A held lock. */
export type FolderLock = { release(): Promise<void> };

/** Files of locks that this process holds, by absolute path. */
const held = new Set<string>();

/** Takes the lock on `folder`. @throws {UnavailableError} when a living process has it. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = resolve(join(folder, "cosface.lock"));
  const own = await describe(process.pid);
  if (held.has(file)) throw taken(process.pid);
  const written = `${file}.${process.pid}`;
  await writeFile(written, own);
  try {
    // A link, unlike a file that is opened and then written, appears complete.
    while (!(await linked(written, file))) await removeStale(file);
  } finally {
    await unlink(written);
  }
  held.add(file);
  return {
    async release() {
      if (held.delete(file)) await rm(file, { force: true });
    },
  };
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes the lock of a process that is gone; renamed first, so that only one of several finders removes it. */
async function removeStale(file: string): Promise<void> {
  const found = await readFile(file, "utf8").catch(() => undefined);
  if (found === undefined) return;
  const pid = Number.parseInt(found, 10);
  // Without a start time, this process's own id in a lock that it does not hold is an earlier process's.
  const isEarlier = pid === process.pid && !found.includes(" ");
  if (!isEarlier && (await describe(pid)) === found) throw taken(pid);
  const aside = `${file}.${process.pid}.stale`;
  await rename(file, aside).catch(() => undefined);
  const moved = await readFile(aside, "utf8").catch(() => undefined);
  // Another process was quicker, and the moved file is its new lock: it is put back.
  if (moved !== undefined && moved !== found) await linked(aside, file);
  await rm(aside, { force: true });
}

function taken(pid: number): UnavailableError {
  return new UnavailableError(
    `gallery: process ${pid} has this folder open, and two at once would destroy it: end that one, or use PostgreSQL`,
  );
}

/** "pid started" on Linux, "pid" elsewhere, and "gone" without such a process. */
async function describe(pid: number): Promise<string> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return "gone";
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // Field 22, counted after the command's name in parentheses, which may hold spaces.
  const started = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return started === undefined ? `${pid}` : `${pid} ${started}`;
}
