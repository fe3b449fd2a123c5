import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "cluster",
  description: "Sort the faces in photographs into people whose names and number are unknown",
  arguments: [{ name: "images", isList: true, help: "images, or folders of images" }],
  options,
  notes: `Two groups of faces become one person when their mean score reaches the threshold.
Faces that belong to no group are reported as unassigned.`,
  examples: ["cosface cluster holiday/ --out people/", "cosface cluster holiday/ --threshold 0.5 --json"],
  load: () => import("./run.ts"),
});
