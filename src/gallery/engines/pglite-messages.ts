/** What the gallery and the thread of its embedded database say to each other. */
import type { SqlValue } from "./database.ts";

/** How the thread is started: without a folder the database is in memory. */
export type PgliteOptions = { readonly folder: string | undefined };

/** Something to be done; tasks are done in the order in which they come. */
export type PgliteTask = { readonly id: number } & (
  | { readonly kind: "query"; readonly text: string; readonly values: readonly SqlValue[] }
  | { readonly kind: "script"; readonly text: string }
  | { readonly kind: "copy"; readonly target: string; readonly pieces: readonly Uint8Array[] }
  | { readonly kind: "close" }
);

/** An error that crosses threads; `code` is its SQLSTATE, where it is the database's. */
export type SentError = { readonly message: string; readonly code: string | undefined };

/** What the thread says. */
export type PgliteMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly error: SentError }
  | { readonly kind: "done"; readonly id: number; readonly rows: readonly unknown[] }
  | { readonly kind: "refused"; readonly id: number; readonly error: SentError };
