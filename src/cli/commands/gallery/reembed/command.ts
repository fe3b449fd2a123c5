import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "reembed",
  description: "Move a collection to another model, by the images that were kept of its people",
  arguments: [{ name: "collection", help: "name of the collection" }],
  options,
  notes: `--model is the new model. Everything changes in one transaction, or nothing;
enrollments wait meanwhile. Start the service with the new model afterwards, and
measure thresholds for its scores (cosface calibrate).`,
  examples: [
    "cosface gallery reembed staff --model w600k",
    "cosface gallery reembed staff --from w600k --model runs/first/model.onnx",
  ],
  load: () => import("./run.ts"),
});
