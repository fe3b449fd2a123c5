/** Commands over people: merge two, and delete one, those whose time has come, or a whole collection. */
import { Command } from "commander";
import { OptionError } from "../base/core/index.ts";
import type { DeletionReceipt } from "../service/gallery/index.ts";
import { addGalleryOptions, withGallery } from "./gallery-options.ts";
import { print, printJson } from "./output.ts";
import type { SettingFlags } from "./settings-options.ts";

type Flags = SettingFlags & { readonly json?: boolean };
type DeleteFlags = Flags & { readonly receipt?: string; readonly wholeCollection?: boolean };

/** `merge`, `delete` and `expire`. */
export function subjectCommands(): Command[] {
  return [mergeCommand(), deleteCommand(), expireCommand()];
}

function mergeCommand(): Command {
  const command = new Command("merge")
    .description("Make one person of two: the templates of the first go to the second, whose name and notes stay")
    .argument("<collection>")
    .argument("<from>", "name of the person that goes")
    .argument("<into>", "name of the person that stays");
  return addGalleryOptions(command)
    .option("--json", "print JSON")
    .addHelpText("after", '\nExample:\n  cosface gallery merge staff "Anna Example" "Ann Example"')
    .action(async (name: string, from: string, into: string, flags: Flags) => {
      const result = await withGallery(flags, async (gallery) =>
        (await gallery.collection(name)).mergeSubjects({ from, into }),
      );
      if (flags.json) printJson(result);
      else print(`${result.movedCount} templates moved, ${result.droppedCount} of a picture that both had dropped`);
    });
}

function deleteCommand(): Command {
  const command = new Command("delete")
    .description("Delete a person and all that is known of them, or a collection with all its people")
    .argument("<collection>")
    .argument("[subject]", "name of the person")
    .option("--receipt <file>", "write the receipt of a person's deletion here too")
    .option("--whole-collection", "all people, and the collection itself");
  return addGalleryOptions(command)
    .option("--json", "print JSON: the receipt")
    .addHelpText(
      "after",
      `
The receipt has random ids, counts and its own digest, and no name; the audit trail
has the digest too. docs/privacy.md says what stays in free pages and backups.

Examples:
  cosface gallery delete staff "Ann Example" --receipt receipt.json
  cosface gallery delete guests --whole-collection`,
    )
    .action(runDelete);
}

async function runDelete(name: string, subject: string | undefined, flags: DeleteFlags): Promise<void> {
  if ((subject === undefined) !== (flags.wholeCollection ?? false)) {
    throw new OptionError("gallery delete: expected a person, or --whole-collection");
  }
  if (subject === undefined) {
    await withGallery(flags, (gallery) => gallery.deleteCollection(name));
    if (flags.json) printJson({ collection: name });
    else print(`${name}: deleted`);
    return;
  }
  const receipt = await withGallery(flags, async (gallery) => (await gallery.collection(name)).deleteSubject(subject));
  if (flags.receipt !== undefined) {
    const { writeAtomically } = await import("../base/files/index.ts");
    await writeAtomically(flags.receipt, [`${JSON.stringify(receipt, null, 2)}\n`]);
  }
  if (flags.json) printJson(receipt);
  else print(describeReceipt(receipt));
}

function expireCommand(): Command {
  const command = new Command("expire").description("Delete all people whose time has come, in all collections");
  return addGalleryOptions(command)
    .option("--json", "print JSON: a receipt for each")
    .addHelpText("after", "\nExample:\n  cosface gallery expire --json >> receipts.json")
    .action(async (flags: Flags) => {
      const receipts = await withGallery(flags, (gallery) => gallery.deleteExpired());
      if (flags.json) printJson(receipts);
      else print(...receipts.map(describeReceipt), `${receipts.length} people deleted`);
    });
}

function describeReceipt({ collection, deletedAt, digest, subjectId, templateIds, thumbnailCount }: DeletionReceipt) {
  const what = `${templateIds.length} templates and ${thumbnailCount} pictures`;
  return `${collection}: person ${subjectId} deleted at ${deletedAt.toISOString()} with ${what}; receipt ${digest}`;
}
