import type { LogFile } from "./follow-file.ts";
import type { RunRow } from "./run-log.ts";

/** A log as it was last read. `name` is unique, although several files may be called log.jsonl. */
export type Run = {
  readonly name: string;
  readonly file: LogFile;
  readonly text: string;
  readonly rows: readonly RunRow[];
};
