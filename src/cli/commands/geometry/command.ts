import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "geometry",
  description: "Measure the class centers of a run: their angles, the margin reached, identities that collide",
  arguments: [{ name: "run", help: "folder of a run of cosface train" }],
  options,
  examples: ["cosface geometry runs/first --data faces/", "cosface geometry runs/first --data train.rec --pictures"],
  load: () => import("./run.ts"),
});
