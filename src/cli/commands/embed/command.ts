import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "embed",
  description: "Find the faces in images and compute the embedding of each",
  arguments: [{ name: "images", isList: true, help: "images, folders of images, or - for an image on standard input" }],
  options,
  notes: `A line of JSON has image, box, score, landmarks, embedding (a unit vector), norm
(its length before normalization) and model (embeddings of the same id are
comparable). An image that cannot be read is reported, and the exit code is 2; the
others are embedded all the same.`,
  examples: [
    "cosface embed photos/ --json > faces.jsonl",
    "cosface embed crops/ --aligned --model runs/first/model.onnx --json",
    "cosface embed - --json < photo.jpg",
  ],
  load: () => import("./run.ts"),
});
