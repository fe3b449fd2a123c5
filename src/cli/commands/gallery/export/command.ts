import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "export",
  description: "Write a whole collection as JSON Lines, not encrypted even if the gallery is",
  arguments: [
    { name: "collection", help: "name of the collection" },
    { name: "file", isOptional: true, help: "file to write; standard output if it is missing" },
  ],
  options,
  examples: ["cosface gallery export staff staff.jsonl", "cosface gallery export staff | gzip"],
  load: () => import("./run.ts"),
});
