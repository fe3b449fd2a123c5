import { stat } from "node:fs/promises";
import { Command } from "commander";
import { addGalleryOptions, withGallery } from "./gallery-options.ts";
import { writeLines } from "./line-files.ts";
import { formatBytes, print, printJson } from "./output.ts";
import type { SettingFlags } from "./settings-options.ts";

export function backupCommand(): Command {
  return addGalleryOptions(new Command("backup").argument("<file>", "where to write it"))
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
The file holds collections, people, embeddings, pictures, hashes of keys, the
audit trail and thresholds, as they were at one moment. What is encrypted in the
gallery is encrypted in the file; the encryption keys are not in it. It is there
whole or not at all. On PostgreSQL, the service may go on meanwhile.

Examples:
  cosface backup gallery.backup --data faces-db
  DATABASE_URL=postgres://cosface@localhost/cosface cosface backup today.backup --json`,
    )
    .action(async (file: string, flags: SettingFlags & { readonly json?: boolean }) => {
      await withGallery(flags, (gallery) => gallery.backUp((lines) => writeLines(file, lines, { gzip: true })));
      const { size: byteCount } = await stat(file);
      if (flags.json) printJson({ file, byteCount });
      else print(`${file}: ${formatBytes(byteCount)}`);
    });
}
