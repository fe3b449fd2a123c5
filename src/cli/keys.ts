import { Command, InvalidArgumentError } from "commander";
import type { ApiKey, KeyScope } from "../service/gallery/index.ts";
import { keyScopes } from "../service/gallery/names.ts";
import { addGalleryOptions, withGallery, withNewGallery } from "./gallery-options.ts";
import { print, printJson } from "./output.ts";
import type { SettingFlags } from "./settings-options.ts";

type Flags = SettingFlags & { readonly json?: boolean };

export function keysCommand(): Command {
  return new Command("keys")
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand())
    .addHelpText(
      "after",
      `
A key's text is printed when it is made and never again: the gallery has its hash.
A gallery in a folder is open in one process: end the service first, or let it
make keys itself (POST /v1/keys). All take --json.

Examples:
  cosface keys create door --scope read
  cosface keys create office --scope read,enroll --expires 2027-01-31
  cosface keys list --json
  cosface keys revoke ID`,
    );
}

function createCommand(): Command {
  const command = new Command("create")
    .description("Make a key, and print it this once")
    .argument("<name>", "what it is for")
    .requiredOption("--scope <list>", `what it allows: ${keyScopes.join(", ")}, with commas`, parseScopes)
    .option("--expires <date>", "when it ceases to open anything, as 2027-01-31; default never", parseDate);
  return addGalleryOptions(command)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  cosface keys create door --scope read")
    .action(async (name: string, flags: Flags & { scope: KeyScope[]; expires?: Date }) => {
      const { scope: scopes, expires, json } = flags;
      await withNewGallery(flags, async ({ keys }) => {
        const { info, key } = await keys.create({ name, scopes, ...(expires !== undefined && { expiresAt: expires }) });
        if (json) printJson({ key, ...info });
        else print(key, describe(info));
      });
    });
}

function listCommand(): Command {
  return addGalleryOptions(new Command("list").description("List the keys, without their secrets"))
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  cosface keys list")
    .action(async (flags: Flags) => {
      const keys = await withGallery(flags, (gallery) => gallery.keys.list());
      if (flags.json) printJson(keys);
      else print(...keys.map(describe), `${keys.length} keys`);
    });
}

function revokeCommand(): Command {
  const command = new Command("revoke").description("Take a key away: from now on it opens nothing");
  return addGalleryOptions(command.argument("<id>", "as keys list prints it"))
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  cosface keys revoke ID")
    .action(async (id: string, flags: Flags) => {
      await withGallery(flags, ({ keys }) => keys.revoke(id));
      if (flags.json) printJson({ revoked: id });
      else print(`${id}: revoked`);
    });
}

function describe({ expiresAt, id, name, scopes }: ApiKey): string {
  return `${id}: ${name}: ${scopes.join(", ")}${expiresAt === null ? "" : `, until ${expiresAt.toISOString()}`}`;
}

function parseScopes(text: string): KeyScope[] {
  return text.split(",").map((word) => {
    const scope = keyScopes.find((known) => known === word);
    if (scope === undefined) throw new InvalidArgumentError(`got '${word}', expected ${keyScopes.join(", ")}`);
    return scope;
  });
}

function parseDate(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError(`got '${text}', expected a date as 2027-01-31`);
  return date;
}
