/** Commands over a gallery: what an administrator does to it beside the service. */
import { Command } from "commander";
import { collectionCommands } from "./gallery-collections.ts";
import { enrollCommand } from "./gallery-enroll.ts";
import { reembedCommand } from "./gallery-reembed.ts";
import { subjectCommands } from "./gallery-subjects.ts";
import { transferCommands } from "./gallery-transfer.ts";

export function galleryCommand(): Command {
  const command = new Command("gallery");
  const parts = [
    ...collectionCommands(),
    enrollCommand(),
    reembedCommand(),
    ...subjectCommands(),
    ...transferCommands(),
  ];
  for (const part of parts) command.addCommand(part);
  return command.addHelpText(
    "after",
    `
The gallery is that of cosface serve: of the same folder, or DATABASE_URL. One in
a folder is open in one process: end the service first. All take --json.

Examples:
  cosface gallery enroll staff photos/ --keep-pictures
  cosface gallery list staff --json
  cosface gallery merge staff "Anna Example" "Ann Example"
  cosface gallery delete staff "Ann Example" --receipt receipt.json
  cosface gallery export staff staff.jsonl`,
  );
}
