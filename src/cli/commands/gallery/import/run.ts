import { withNewGallery } from "../../../gallery.ts";
import { readLines, standardInputLines } from "../../../line-files.ts";
import { print, printJson } from "../../../output.ts";
import type { Flags } from "./options.ts";

/** The word for standard input. */
const STANDARD_INPUT = "-";

export async function run(flags: Flags, file: string): Promise<void> {
  const lines = file === STANDARD_INPUT ? standardInputLines() : readLines(file, { gzip: false });
  const result = await withNewGallery(flags, (gallery) => gallery.import(lines, flags.name));
  if (flags.json) printJson(result);
  else print(`${result.collection}: ${result.subjectCount} people, ${result.templateCount} templates`);
}
