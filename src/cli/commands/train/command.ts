import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "train",
  description: "Train a network on a folder of faces (one subfolder for each identity) or an InsightFace record file",
  options,
  examples: [
    "cosface train --data faces/ --network sphere4 --scale 30 --batch 128 --epochs 8 --warm-up 100 --out runs/first",
    "cosface train --data train.rec --network iresnet18 --scale auto --epochs 20 --out runs/r18",
    "cosface train --data faces/ --from arcface.onnx --augment low-resolution --out runs/small-faces",
    "cosface train … --out runs/first --resume      (after Ctrl-C, or a crash)",
  ],
  load: () => import("./run.ts"),
});
