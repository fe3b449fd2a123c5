import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "networks",
  description: "List the networks that can be trained, with their costs",
  options,
  examples: ["cosface networks", "cosface networks --json"],
  load: () => import("./run.ts"),
});
