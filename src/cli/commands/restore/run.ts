import { restoreGallery } from "../../../service/gallery/index.ts";
import { galleryPlace } from "../../../service/settings/index.ts";
import { readLines } from "../../line-files.ts";
import { settingsOf } from "../../options/settings.ts";
import { print, printJson } from "../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, file: string): Promise<void> {
  const place = await galleryPlace(await settingsOf(flags));
  const { createdAt, rowCounts } = await restoreGallery(place, readLines(file, { gzip: true }));
  if (flags.json) return printJson({ createdAt, rowCounts });
  const counts = Object.entries(rowCounts).map(([table, count]) => `${count} ${table.replaceAll("_", " ")}`);
  print(`backup of ${createdAt.toISOString()}: ${counts.join(", ")}`);
}
