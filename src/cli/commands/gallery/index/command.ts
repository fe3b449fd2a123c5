import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "index",
  description: "Build the index of a collection that has grown large, or drop that of one that has become small",
  arguments: [{ name: "collection", help: "name of the collection" }],
  options,
  examples: ["cosface gallery index staff"],
  load: () => import("./run.ts"),
});
