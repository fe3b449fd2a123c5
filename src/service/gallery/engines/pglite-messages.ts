/** What the gallery asks of the thread of its embedded database; rows are the answer. */
import type { SqlValue } from "./database.ts";

/** How the thread is started: without a folder the database is in memory. */
export type PgliteOptions = { readonly folder: string | undefined };

/** Something to be done; tasks are done in the order in which they come. */
export type PgliteTask =
  | { readonly kind: "query"; readonly text: string; readonly values: readonly SqlValue[] }
  | { readonly kind: "script"; readonly text: string }
  | { readonly kind: "copy"; readonly target: string; readonly pieces: readonly Uint8Array[] }
  | { readonly kind: "close" };
