import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "calibrate",
  description: "Measure on your own photographs which threshold accepts which share of impostors, and keep it",
  arguments: [
    {
      name: "folders",
      help: "photographs, with one subfolder for each person: a folder, or NAME=FOLDER for each of several sources",
      isList: true,
    },
  ],
  options,
  notes: `All pairs of photographs are compared. A rate is refused if there are too few
people to measure it: FAR 1e-3 needs about a hundred people with two photographs
each, FAR 1e-4 several hundred. A refused rate keeps the threshold that it had.

Rates differ between cameras and scenes. With several folders the thresholds are
meant for photographs of yet another source, and the intervals contain the
spread between the sources. With --from and one folder they are meant for that
folder's photographs: the earlier sources count the less, the more people the
folder has.`,
  exitCodes: { 0: "a threshold was measured", 1: "no rate is supported: nothing is written", 2: "an error" },
  examples: [
    "cosface calibrate people/",
    "cosface calibrate people/ --from built-in",
    "cosface calibrate entrance=photos/entrance office=photos/office",
    'cosface calibrate lfw/aligned --aligned --model runs/first/model.onnx --name "LFW, aligned"',
  ],
  load: () => import("./run.ts"),
});
