import { withGallery } from "../../../gallery.ts";
import { print, printJson } from "../../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, name: string): Promise<void> {
  const isIndexed = await withGallery(flags, async (gallery) => {
    const collection = await gallery.collection(name);
    return collection.updateIndex(flags.above);
  });
  if (flags.json) printJson({ isIndexed });
  else print(`${name}: ${isIndexed ? "searches use the index" : "no index: a search compares with all templates"}`);
}
