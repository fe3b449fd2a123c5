import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "list",
  description: "List the collections, or the people of one",
  arguments: [{ name: "collection", isOptional: true, help: "collection whose people to list" }],
  options,
  examples: ["cosface gallery list", "cosface gallery list staff --json"],
  load: () => import("./run.ts"),
});
