import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "quickstart",
  description:
    "Train softmax and CosFace on synthetic people, test both on unseen people, and write a model and a report",
  options,
  examples: ["cosface quickstart", "cosface quickstart --seed 2 --out quickstart-2"],
  load: () => import("./run.ts"),
});
