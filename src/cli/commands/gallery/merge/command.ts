import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "merge",
  description: "Merge two people: the templates of the first move to the second, whose name and metadata stay",
  arguments: [
    { name: "collection", help: "name of the collection" },
    { name: "from", help: "name of the person who is removed" },
    { name: "into", help: "name of the person who stays" },
  ],
  options,
  examples: ['cosface gallery merge staff "Anna Example" "Ann Example"'],
  load: () => import("./run.ts"),
});
