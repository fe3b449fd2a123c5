import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "create",
  description: "Make a key and print it, this once",
  arguments: [{ name: "name", help: "what the key is for" }],
  options,
  examples: ["cosface keys create door --scope read"],
  load: () => import("./run.ts"),
});
