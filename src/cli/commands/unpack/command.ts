import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "unpack",
  description: "Unpack an InsightFace record file into a folder of faces, one subfolder for each identity",
  arguments: [
    { name: "file", help: "train.rec; its index is not needed" },
    { name: "out", help: "folder to make; it must be new or empty" },
  ],
  options,
  notes: "Images are written as LABEL/NUMBER.jpg (or .png …) and keep their bytes.",
  examples: ["cosface unpack packed/train.rec faces/"],
  load: () => import("./run.ts"),
});
