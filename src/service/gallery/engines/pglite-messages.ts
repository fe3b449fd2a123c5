/** The questions to the thread of the embedded database; the answers are rows. */
import type { SqlValue } from "./database.ts";

/** How the thread is started: without a folder the database is in memory. */
export type PgliteOptions = { readonly folder: string | undefined };

/** A task; tasks run in the order of their arrival. */
export type PgliteTask =
  | { readonly kind: "query"; readonly text: string; readonly values: readonly SqlValue[] }
  | { readonly kind: "script"; readonly text: string }
  | { readonly kind: "copy"; readonly target: string; readonly pieces: readonly Uint8Array[] }
  | { readonly kind: "close" };
