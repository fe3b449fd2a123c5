/** A collection as a file of JSON Lines, and back. */
import { Command } from "commander";
import { addGalleryOptions, withGallery, withNewGallery } from "./gallery-options.ts";
import { readLines, standardInputLines, writeLines } from "./line-files.ts";
import { note, print, printJson } from "./output.ts";
import type { SettingFlags } from "./settings-options.ts";

type Flags = SettingFlags & { readonly json?: boolean };

/** Word that stands for standard input. */
const STANDARD_INPUT = "-";

/** `export` and `import`. */
export function transferCommands(): Command[] {
  return [exportCommand(), importCommand()];
}

function exportCommand(): Command {
  const command = new Command("export")
    .description("Write a collection with all there is, as JSON Lines: not encrypted, whatever the gallery is")
    .argument("<collection>")
    .argument("[file]", "where to; default: standard output");
  return addGalleryOptions(command)
    .option("--json", "the lines are JSON in any case")
    .addHelpText(
      "after",
      "\nExamples:\n  cosface gallery export staff staff.jsonl\n  cosface gallery export staff | gzip",
    )
    .action(async (name: string, file: string | undefined, flags: Flags) => {
      await withGallery(flags, async (gallery) => {
        const lines = (await gallery.collection(name)).export();
        if (file !== undefined) {
          await writeLines(file, lines, { gzip: false });
          note(`${name}: written to ${file}`);
        } else for await (const line of lines) print(line);
      });
    });
}

function importCommand(): Command {
  const command = new Command("import")
    .description("Make the collection that an export describes, all of it or nothing")
    .argument("<file>", "JSON Lines, or - for standard input")
    .option("--name <name>", "what to call it; default: as it was");
  return addGalleryOptions(command)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  cosface gallery import staff.jsonl --name staff-2027")
    .action(async (file: string, flags: Flags & { readonly name?: string }) => {
      const lines = file === STANDARD_INPUT ? standardInputLines() : readLines(file, { gzip: false });
      const result = await withNewGallery(flags, (gallery) => gallery.import(lines, flags.name));
      if (flags.json) printJson(result);
      else print(`${result.collection}: ${result.subjectCount} people, ${result.templateCount} templates`);
    });
}
