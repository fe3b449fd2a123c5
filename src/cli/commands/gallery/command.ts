import { defineGroup } from "../../declaration.ts";
import { command as remove } from "./delete/command.ts";
import { command as enroll } from "./enroll/command.ts";
import { command as expire } from "./expire/command.ts";
import { command as write } from "./export/command.ts";
import { command as read } from "./import/command.ts";
import { command as index } from "./index/command.ts";
import { command as list } from "./list/command.ts";
import { command as merge } from "./merge/command.ts";
import { command as reembed } from "./reembed/command.ts";
import { command as seal } from "./seal/command.ts";

export const command = defineGroup({
  name: "gallery",
  description: "Maintain the people of a gallery: list, enroll a folder, merge, delete, export, import",
  commands: [list, index, seal, enroll, reembed, merge, remove, expire, write, read],
  notes: `The gallery is that of cosface serve: in the same folder, or at DATABASE_URL. Only
one process can open a gallery in a folder: stop the service first. All take --json.`,
  examples: [
    "cosface gallery enroll staff photos/ --keep-pictures",
    "cosface gallery list staff --json",
    'cosface gallery merge staff "Anna Example" "Ann Example"',
    'cosface gallery delete staff "Ann Example" --receipt receipt.json',
    "cosface gallery export staff staff.jsonl",
  ],
});
