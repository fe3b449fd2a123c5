/** Commands over whole collections: list them, and see to their index and their encryption. */
import { Command } from "commander";
import type { CollectionInfo, Gallery, Subject } from "../service/gallery/index.ts";
import { parseInteger } from "./arguments.ts";
import { addGalleryOptions, withGallery } from "./gallery-options.ts";
import { print, printJson } from "./output.ts";
import type { SettingFlags } from "./settings-options.ts";

type Flags = SettingFlags & { readonly json?: boolean };

/** `list`, `index` and `seal`. */
export function collectionCommands(): Command[] {
  return [listCommand(), indexCommand(), sealCommand()];
}

function listCommand(): Command {
  const command = new Command("list")
    .description("List the collections, or the people of one")
    .argument("[collection]");
  return addGalleryOptions(command)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  cosface gallery list\n  cosface gallery list staff --json")
    .action(async (collection: string | undefined, flags: Flags) => {
      if (collection === undefined) {
        const collections = await withGallery(flags, (gallery) => gallery.collections());
        if (flags.json) printJson(collections);
        else print(...collections.map(describeCollection), `${collections.length} collections`);
      } else {
        const subjects = await withGallery(flags, (gallery) => allSubjects(gallery, collection));
        if (flags.json) printJson(subjects);
        else print(...subjects.map(describeSubject), `${subjects.length} people`);
      }
    });
}

const PAGE = 1000;

async function allSubjects(gallery: Gallery, name: string): Promise<Subject[]> {
  const collection = await gallery.collection(name);
  const all: Subject[] = [];
  for (;;) {
    const after = all.at(-1)?.name;
    const page = await collection.subjects({ limit: PAGE, ...(after !== undefined && { after }) });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

function indexCommand(): Command {
  const command = new Command("index")
    .description("Build the index of a collection that has grown large, or drop that of one that has become small")
    .argument("<collection>")
    .option("--above <n>", "templates above which it shall have one; default: what was measured", parseInteger);
  return addGalleryOptions(command)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  cosface gallery index staff")
    .action(async (name: string, flags: Flags & { readonly above?: number }) => {
      const isIndexed = await withGallery(flags, async (gallery) =>
        (await gallery.collection(name)).updateIndex(flags.above),
      );
      if (flags.json) printJson({ isIndexed });
      else print(`${name}: ${isIndexed ? "searched by its index" : "no index: a search compares with all"}`);
    });
}

function sealCommand(): Command {
  const command = new Command("seal").description(
    "Encrypt all that is not under the newest key yet, after which older keys are needed no more",
  );
  return addGalleryOptions(command)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  cosface gallery seal --encryption-key-file new-then-old.keys")
    .action(async (flags: Flags) => {
      const rowCount = await withGallery(flags, (gallery) => gallery.sealAll());
      if (flags.json) printJson({ rowCount });
      else print(`${rowCount} embeddings and pictures encrypted`);
    });
}

function describeCollection({ isIndexed, model, name, size, templateCount }: CollectionInfo): string {
  return `${name}: ${templateCount} templates of model ${model}, ${size}-d${isIndexed ? ", indexed" : ""}`;
}

function describeSubject({ expiresAt, name, templateCount }: Subject): string {
  return `${name}: ${templateCount} templates${expiresAt === null ? "" : `, until ${expiresAt.toISOString()}`}`;
}
