import { restoreGallery } from "../../../service/gallery/index.ts";
import { galleryLocation } from "../../../service/settings/index.ts";
import { removeOnFailure } from "../../gallery.ts";
import { interruption, until } from "../../interruption.ts";
import { openLines } from "../../line-files.ts";
import { settingsOf } from "../../options/settings.ts";
import { print, printJson } from "../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, file: string): Promise<void> {
  const { signal } = interruption("restoring nothing, then stopping");
  const place = await galleryLocation(await settingsOf(flags));
  const lines = await openLines(file, { gzip: true });
  const { createdAt, rowCounts } = await removeOnFailure(place, () => restoreGallery(place, until(signal, lines)));
  if (flags.json) return printJson({ createdAt, rowCounts });
  const counts = Object.entries(rowCounts).map(([table, count]) => `${count} ${table.replaceAll("_", " ")}`);
  print(`backup of ${createdAt.toISOString()}: ${counts.join(", ")}`);
}
