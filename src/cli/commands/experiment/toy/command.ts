import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "toy",
  description: "Draw the features of eight identities in two dimensions, with softmax and CosFace at several margins",
  options,
  examples: [
    "cosface experiment toy",
    "cosface experiment toy --data train.rec --images 90 --iterations 1000 --seeds 3 --out toy-photographs",
  ],
  load: () => import("./run.ts"),
});
