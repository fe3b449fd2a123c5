import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "align",
  description: "Make a data set of aligned faces from a folder of photographs",
  arguments: [
    { name: "folder", help: "photographs: a folder with one subfolder for each identity" },
    { name: "out", help: "folder for the crops, or OUT/train.rec for a record file" },
  ],
  options,
  notes: `Of several faces in a photograph, the crop shows the one with the greatest
width · height − 2 · (distance from the center)². The list left-out.tsv beside the
crops names photographs without a face. After an interruption, the same command
continues.`,
  examples: ["cosface align photos/ faces/", "cosface align photos/ packed/train.rec --input 112x96"],
  load: () => import("./run.ts"),
});
