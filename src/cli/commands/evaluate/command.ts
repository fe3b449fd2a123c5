import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "evaluate",
  description: "Score an embedder, or several as one, by the protocol of a benchmark",
  arguments: [
    {
      name: "model",
      isOptional: true,
      help: "ONNX file that maps N×3×H×W to N×d, a pulled model, or default for the one that npm installs; none where embeddings are read from files",
    },
  ],
  options,
  notes: `Embeddings are kept in the user's cache folder, by model and image, readable by
their owner alone, so that another protocol or threshold takes seconds;
--no-keep-embeddings turns that off. Several models, with commas between them, make
one embedding: each has its own contract, and its embeddings are divided by their
length.

With --align, the face of a photograph is the largest near the middle. A pair with
an image without a face has score 0; missedImageCount counts these images. The
protocol megaface searches for each image with each other image of its person,
among the distractors: rank-k rates, and TAR at FAR 1e-6 and higher over all pairs
with distractors.`,
  examples: [
    "cosface evaluate runs/first/model.onnx --images lfw/aligned --pairs lfw/pairs.txt",
    "cosface evaluate default --images lfw/photos --pairs lfw/pairs.txt --align",
    "cosface evaluate a.onnx,b.onnx --fuse concat --images lfw/aligned --pairs lfw/pairs.txt",
    "cosface evaluate arcface.onnx --protocol bin --images faces_emore/",
    "cosface evaluate arcface.onnx --images lfw/aligned --pairs lfw/pairs.txt --mean 127.5 --std 127.5 --channels rgb --flip none",
    "cosface evaluate runs/first/model.onnx --protocol megaface --images people/ --distractors others/train.rec",
    "cosface evaluate runs/first/model.onnx --protocol ijbc --images IJBC/",
    "cosface evaluate --protocol ijbc --images IJBC/ --embeddings embeddings.npy --json",
  ],
  load: () => import("./run.ts"),
});
