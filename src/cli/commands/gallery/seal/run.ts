import { withGallery } from "../../../gallery.ts";
import { print, printJson } from "../../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags): Promise<void> {
  const rowCount = await withGallery(flags, (gallery) => gallery.sealAll());
  if (flags.json) printJson({ rowCount });
  else print(`${rowCount} embeddings and images encrypted`);
}
