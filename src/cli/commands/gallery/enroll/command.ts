import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "enroll",
  description: "Enroll photographs, one subfolder for each person, into a collection, which is made if missing",
  arguments: [
    { name: "collection", help: "name of the collection" },
    { name: "folder", help: "folder whose subfolders have the names of the people" },
  ],
  options,
  notes: `Photographs that were enrolled before are passed over, so the same command continues
after Ctrl-C or a crash. Photographs without a face, or with several, are named on
stderr; if one cannot be read, the exit code is 2.`,
  examples: [
    "cosface gallery enroll staff photos/ --keep-pictures",
    "cosface gallery enroll staff crops/ --aligned --model runs/first/model.onnx",
  ],
  load: () => import("./run.ts"),
});
