import { describeError } from "./errors.ts";
import { ERROR, INTERNAL, INTERRUPTED } from "./exit-codes.ts";
import { clearProgress, writeError } from "./output.ts";

/** Ends the process with the error on stderr, and the exit code of its kind. */
export function fail(error: unknown): never {
  clearProgress();
  // Commander has written a help page, because it was asked to or because a subcommand is missing.
  if (isHelp(error)) process.exit(error.exitCode === 0 ? 0 : ERROR);
  // The note about the interruption is written already.
  if (isInterruption(error)) process.exit(INTERRUPTED);
  const described = describeError(error);
  writeError(described);
  process.exit(described.stack === undefined ? ERROR : INTERNAL);
}

function isHelp(error: unknown): error is { readonly exitCode: number } {
  return error instanceof Error && "code" in error && /^commander\./.test(String(error.code));
}

/** Whether a signal of `interruption` has ended the command. */
export function isInterruption(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
