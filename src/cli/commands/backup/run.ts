import { stat } from "node:fs/promises";
import { withGallery } from "../../gallery.ts";
import { writeLines } from "../../line-files.ts";
import { formatBytes, print, printJson } from "../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, file: string): Promise<void> {
  await withGallery(flags, (gallery) => gallery.backUp((lines) => writeLines(file, lines, { gzip: true })));
  const { size: byteCount } = await stat(file);
  if (flags.json) printJson({ file, byteCount });
  else print(`${file}: ${formatBytes(byteCount)}`);
}
