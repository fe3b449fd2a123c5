import { stat } from "node:fs/promises";
import { withGallery } from "../../gallery.ts";
import { interruption, until } from "../../interruption.ts";
import { writeLines } from "../../line-files.ts";
import { formatBytes, print, printJson } from "../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, file: string): Promise<void> {
  const { signal } = interruption("stopping without a backup");
  await withGallery(flags, (gallery) =>
    gallery.backUp((lines) => writeLines(file, until(signal, lines), { gzip: true })),
  );
  const { size: byteCount } = await stat(file);
  if (flags.json) printJson({ file, byteCount });
  else print(`${file}: ${formatBytes(byteCount)}`);
}
