import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "list",
  description: "List the networks that npm installed, and the models in your folder",
  options,
  examples: ["cosface models list --json"],
  load: () => import("./run.ts"),
});
