import { defineGroup } from "../../declaration.ts";
import { command as create } from "./create/command.ts";
import { command as list } from "./list/command.ts";
import { command as revoke } from "./revoke/command.ts";

export const command = defineGroup({
  name: "keys",
  description: "Create, list and revoke the API keys of a gallery's service",
  commands: [create, list, revoke],
  notes: `A key's text is printed once, when it is made: the gallery keeps only its hash.
Only one process can open a gallery in a folder: stop the service first, or let it
make the keys (POST /v1/keys). All take --json.`,
  examples: [
    "cosface keys create door --scope read",
    "cosface keys create office --scope read,enroll --expires 2027-01-31",
    "cosface keys list --json",
    "cosface keys revoke ID",
  ],
});
