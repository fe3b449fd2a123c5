import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "seal",
  description: "Encrypt with the newest key everything that is not yet; older keys are not needed afterwards",
  options,
  examples: ["cosface gallery seal --encryption-key-file new-then-old.keys"],
  load: () => import("./run.ts"),
});
