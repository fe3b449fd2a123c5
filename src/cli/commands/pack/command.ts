import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "pack",
  description: "Pack a folder of faces into one InsightFace record file, which reads faster than many small files",
  arguments: [
    { name: "folder", help: "folder with one subfolder for each identity" },
    { name: "out", help: "folder for train.rec, train.idx and property" },
  ],
  options,
  notes: "Labels are the indices of the subfolders' sorted names. Images keep their bytes.",
  examples: ["cosface pack faces/ packed/", "cosface train --data packed/train.rec --out runs/first"],
  load: () => import("./run.ts"),
});
