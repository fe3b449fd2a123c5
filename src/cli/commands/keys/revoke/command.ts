import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "revoke",
  description: "Revoke a key: the service refuses it from now on",
  arguments: [{ name: "id", help: "id of the key, as keys list prints it" }],
  options,
  examples: ["cosface keys revoke ID"],
  load: () => import("./run.ts"),
});
