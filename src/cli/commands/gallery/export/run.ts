import { withGallery } from "../../../gallery.ts";
import { interruption, until } from "../../../interruption.ts";
import { writeLines } from "../../../line-files.ts";
import { note, print } from "../../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, name: string, file: string | undefined): Promise<void> {
  const { signal } = interruption("stopping");
  await withGallery(flags, async (gallery) => {
    const collection = await gallery.collection(name);
    const lines = until(signal, collection.export());
    if (file !== undefined) {
      await writeLines(file, lines, { gzip: false });
      note(`${name}: written to ${file}`);
    } else for await (const line of lines) print(line);
  });
}
