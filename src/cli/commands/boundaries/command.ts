import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "boundaries",
  description: "Draw the decision boundaries of softmax, NSL, A-Softmax, CosFace and ArcFace for two classes",
  options,
  examples: ["cosface boundaries", "cosface boundaries --margin 0.2 --between 45 --out lecture"],
  load: () => import("./run.ts"),
});
