import { withNewGallery } from "../../../gallery.ts";
import { interruption, until } from "../../../interruption.ts";
import { openLines, standardInputLines } from "../../../line-files.ts";
import { formatQuantity, print, printJson } from "../../../output.ts";
import type { Flags } from "./options.ts";

/** The word for standard input. */
const STANDARD_INPUT = "-";

export async function run(flags: Flags, file: string): Promise<void> {
  const { signal } = interruption("importing nothing, then stopping");
  const lines = file === STANDARD_INPUT ? standardInputLines() : await openLines(file, { gzip: false });
  const result = await withNewGallery(flags, (gallery) => gallery.import(until(signal, lines), flags.name));
  if (flags.json) printJson(result);
  else
    print(
      `${result.collection}: ${formatQuantity(result.subjectCount, "person", "people")}, ${formatQuantity(result.templateCount, "template")}`,
    );
}
