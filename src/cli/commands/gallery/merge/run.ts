import { withGallery } from "../../../gallery.ts";
import { print, printJson } from "../../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, name: string, from: string, into: string): Promise<void> {
  const result = await withGallery(flags, async (gallery) => {
    const collection = await gallery.collection(name);
    return collection.mergeSubjects({ from, into });
  });
  if (flags.json) printJson(result);
  else print(`${result.movedCount} templates moved; ${result.droppedCount} of an image that both had were dropped`);
}
