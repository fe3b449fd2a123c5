import { withGallery } from "../../../gallery.ts";
import { print, printJson } from "../../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, id: string): Promise<void> {
  await withGallery(flags, ({ keys }) => keys.revoke(id));
  if (flags.json) printJson({ revoked: id });
  else print(`${id}: revoked`);
}
