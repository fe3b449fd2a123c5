import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "list",
  description: "List the keys, without their secrets",
  options,
  examples: ["cosface keys list"],
  load: () => import("./run.ts"),
});
