import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "detect",
  description: "Find the faces in images: boxes, scores and five landmarks",
  arguments: [{ name: "images", isList: true, help: "images, folders of images, or - for an image on standard input" }],
  options,
  notes: `Boxes and landmarks are in pixels of the upright image, the best face first. The
landmarks are left eye, right eye, tip of the nose, left and right corner of the
mouth, as seen in the image. Scores compare faces of one detector; they are not
probabilities.`,
  exitCodes: { 0: "a face in every image", 1: "an image without a face", 2: "an error" },
  examples: [
    "cosface detect party.jpg --draw faces.png",
    "cosface detect photos/ --json > faces.jsonl",
    "cosface detect - --json --detector yunet.onnx < photo.jpg",
  ],
  load: () => import("./run.ts"),
});
