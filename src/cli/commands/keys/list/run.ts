import { withGallery } from "../../../gallery.ts";
import { formatQuantity, print, printJson } from "../../../output.ts";
import { describeKey } from "../describe-key.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags): Promise<void> {
  const keys = await withGallery(flags, (gallery) => gallery.keys.list());
  if (flags.json) printJson(keys);
  else print(...keys.map(describeKey), formatQuantity(keys.length, "key"));
}
