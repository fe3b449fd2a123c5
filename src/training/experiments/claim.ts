/**
 * Which process makes a run. Several may work on one sweep: each claims the runs it takes by a file that only one of
 * them can create. The file names the process, so that the claim of one that was killed is void.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";

/** Claims a run. @returns whether it is ours now: false when a living process has it. */
export function claim(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (isHeld(path)) return false;
  rmSync(path, { force: true });
  return claim(path);
}

/** Gives a run back. */
export function release(path: string): void {
  rmSync(path, { force: true });
}

function isHeld(path: string): boolean {
  try {
    const owner = Number(readFileSync(path, "utf8"));
    // Just created and not yet written: its owner is alive.
    if (owner === 0) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    // No such process, or given back meanwhile.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
