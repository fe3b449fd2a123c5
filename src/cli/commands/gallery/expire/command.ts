import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "expire",
  description: "Delete all people whose expiry date has passed, in all collections",
  options,
  examples: ["cosface gallery expire --json >> receipts.json"],
  load: () => import("./run.ts"),
});
