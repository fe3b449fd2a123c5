import { Command } from "commander";
import { galleryPlace } from "../service/settings/index.ts";
import { addGalleryOptions } from "./gallery-options.ts";
import { readLines } from "./line-files.ts";
import { print, printJson } from "./output.ts";
import { type SettingFlags, settingsOf } from "./settings-options.ts";

export function restoreCommand(): Command {
  return addGalleryOptions(new Command("restore").argument("<file>", "what cosface backup wrote"))
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Into a new folder or a new database, of either kind, whichever the backup is of:
that is also the way from a folder to a server. All of it is restored or nothing.
A backup of an older cosface is brought up to date. An encrypted one needs its key.

Examples:
  cosface restore gallery.backup --data restored
  DATABASE_URL=postgres://cosface@localhost/new cosface restore gallery.backup`,
    )
    .action(async (file: string, flags: SettingFlags & { readonly json?: boolean }) => {
      const { restoreGallery } = await import("../service/gallery/index.ts");
      const place = await galleryPlace(await settingsOf(flags));
      const { createdAt, rowCounts } = await restoreGallery(place, readLines(file, { gzip: true }));
      if (flags.json) return printJson({ createdAt, rowCounts });
      const counts = Object.entries(rowCounts).map(([table, count]) => `${count} ${table.replaceAll("_", " ")}`);
      print(`backup of ${createdAt.toISOString()}: ${counts.join(", ")}`);
    });
}
