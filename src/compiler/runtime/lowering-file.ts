import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { writeAtomically } from "../../base/files/index.ts";
import type { LoweringStore, RememberedLowerings } from "./engine.ts";

/** The file in the user's cache folder that all programs share. */
export function userLoweringFile(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "cosface", "lowerings.json");
}

/** Remembers lowerings in a JSON file. Two programs at once cannot tear it: the later one replaces it whole. */
export function loweringFile(path: string): LoweringStore {
  return {
    location: path,
    async read() {
      try {
        return parse(await readFile(path, "utf8"));
      } catch {
        return {};
      }
    },
    async write(lowerings) {
      // A read-only disk costs only the memory of these measurements.
      await writeAtomically(path, [JSON.stringify(lowerings, null, 1)], { makeFolder: true }).catch(() => {});
    },
  };
}

/** Entries that are not objects are left out. */
function parse(text: string): RememberedLowerings {
  const entries = Object.entries((JSON.parse(text) ?? {}) as RememberedLowerings);
  return Object.fromEntries(entries.filter(([, known]) => typeof known === "object" && known !== null));
}
