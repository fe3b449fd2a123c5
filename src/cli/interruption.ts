import { INTERRUPTED } from "./exit-codes.ts";
import { note } from "./output.ts";

/**
 * The first Ctrl-C aborts the signal, with a note that says what follows; the second ends the process. A command that
 * ends with the signal's reason exits with code 130.
 */
export function interruption(text: string): AbortController {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      note(`${text}; once more to stop at once`);
      controller.abort();
      process.once(signal, () => process.exit(INTERRUPTED));
    });
  }
  return controller;
}
