import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "import",
  description: "Make the collection that an export describes, completely or not at all",
  arguments: [{ name: "file", help: "JSON Lines, or - for standard input" }],
  options,
  examples: ["cosface gallery import staff.jsonl --name staff-2027"],
  load: () => import("./run.ts"),
});
