/**
 * Claims of runs. Several processes may work on one sweep; each claims a run by a file that only one of them can
 * create. The file contains the process id, so that the claim of a killed process is void.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";

/** Claims a run. @returns whether this process has it now; false when another living process does. */
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

/** Releases a claim. */
export function release(path: string): void {
  rmSync(path, { force: true });
}

function isHeld(path: string): boolean {
  try {
    const owner = Number(readFileSync(path, "utf8"));
    // The file was just created and not yet written, so its owner is alive.
    if (owner === 0) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists. Otherwise it has ended, or the claim was released.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
