import { note } from "./output.ts";

/** The first Ctrl-C asks for an orderly end, with a word about it; the second ends at once. */
export function interruption(word: string): AbortController {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      note(`${word}; once more to stop at once`);
      controller.abort();
      process.once(signal, () => process.exit(130));
    });
  }
  return controller;
}
