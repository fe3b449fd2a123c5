import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "card",
  description: "Write a model card: contract, licence, provenance, scores, groups, thresholds and limits",
  arguments: [{ name: "model", help: "ONNX file, or a name that models list prints" }],
  options,
  notes: `Whatever is not known is said to be unknown. train writes a card beside its model;
what it says of the training is used here.`,
  examples: [
    "cosface models card default",
    "cosface models card runs/first/model.onnx --scores lfw.json --out card.md",
    "cosface models card default --assessment report.json --json",
  ],
  load: () => import("./run.ts"),
});
