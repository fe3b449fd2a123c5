import { withNewGallery } from "../../../gallery.ts";
import { given } from "../../../given.ts";
import { print, printJson } from "../../../output.ts";
import { describeKey } from "../describe-key.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, name: string): Promise<void> {
  const { scope: scopes, expires: expiresAt, json } = flags;
  await withNewGallery(flags, async ({ keys }) => {
    const { info, key } = await keys.create({ name, scopes, ...given({ expiresAt }) });
    if (json) printJson({ key, ...info });
    else print(key, describeKey(info));
  });
}
