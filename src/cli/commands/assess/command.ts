import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "assess",
  description: "Report how well people on your own photographs are recognized, and what is wrong with the photographs",
  arguments: [{ name: "folder", help: "photographs, with one subfolder for each person" }],
  options,
  notes: `The report is one HTML file with its numbers as JSON beside it, both readable by
their owner alone. It gives error rates of 1:1 and 1:N with intervals, the
threshold to take, and the hard cases as images of faces; --no-images
leaves those out. Where the photographs are too few for a figure, it
says how many would be needed.

A run that is interrupted goes on where it was: embeddings are kept.`,
  examples: [
    "cosface assess people/",
    "cosface assess people/ --far 1e-4 --groups groups.csv --out report.html",
    "cosface assess crops/ --aligned --model runs/first/model.onnx --no-images",
  ],
  load: () => import("./run.ts"),
});
