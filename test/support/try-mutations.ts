/** Tries mutated files one after the other: each must be read, or refused by a typed error that names it, soon. */
import { expect } from "vitest";
import { CosfaceError } from "../../src/base/core/index.ts";
import type { MutatedFile } from "../mutations.ts";

/** Seconds for one file on a busy machine. */
const PATIENCE = 10;
const MEMORY_BYTES = 1e9;

/** What is tried. */
export type Trial = {
  readonly file: (index: number) => MutatedFile;
  readonly count: number;
  /** Reads the file, and expects of what it read whatever may not change. */
  readonly read: (file: MutatedFile) => Promise<void> | void;
  /** What the message of every error must match: the name of the file. */
  readonly named: RegExp;
};

/** How many files were read and how many refused. */
export async function tryMutations({ count, file, named, read }: Trial): Promise<{ read: number; refused: number }> {
  const counts = { read: 0, refused: 0 };
  const faults: string[] = [];
  const before = process.memoryUsage.rss();
  for (let index = 0; index < count; index++) {
    const mutated = file(index);
    const start = performance.now();
    try {
      await read(mutated);
      counts.read++;
    } catch (cause) {
      counts.refused++;
      const isNamed = cause instanceof CosfaceError && named.test(cause.message);
      if (!isNamed) faults.push(`${mutated.what}: ${String(cause).slice(0, 500)}`);
    }
    if (performance.now() - start > 1000 * PATIENCE) faults.push(`${mutated.what}: took too long`);
  }
  expect(faults).toEqual([]);
  expect(process.memoryUsage.rss() - before).toBeLessThan(MEMORY_BYTES);
  return counts;
}
