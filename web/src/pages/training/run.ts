import type { LogFile } from "./follow-file.ts";
import type { RunRow } from "./run-log.ts";

/** A log as it was read last. `name` tells it from the others, which may be called log.jsonl too. */
export type Run = {
  readonly name: string;
  readonly file: LogFile;
  readonly text: string;
  readonly rows: readonly RunRow[];
};
