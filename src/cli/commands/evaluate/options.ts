import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { contractOptions, jsonOption, sessionOptions } from "../../options/shared.ts";
import { parsePositive } from "../../parse.ts";

export const options = defineOptions({
  protocol: {
    value: "name",
    choices: ["lfw", "megaface"],
    default: "lfw",
    help: "ten-fold verification, or identification among distractors",
  },
  images: { value: "folder", required: true, help: "aligned images, NAME/NAME_0001.jpg" },
  pairs: { value: "file", needs: { protocol: ["lfw"] }, help: "list of pairs in LFW's format" },
  distractors: {
    value: "folder",
    needs: { protocol: ["megaface"] },
    help: "aligned images of other people: a folder like --images, or train.rec",
  },
  align: { needs: { protocol: ["lfw"] }, help: "the images are photographs: detect and align first" },
  detector: {
    value: "model",
    needs: { align: true },
    otherwise: "default",
    help: "default, a pulled model, or the ONNX file of a detector",
  },
  smallestFace: {
    value: "pixels",
    parse: parsePositive,
    needs: { align: true },
    otherwise: "32, more in very large images",
    help: "height of the smallest face to look for",
  },
  centering: { needs: { protocol: ["lfw"] }, help: "subtract the mean embedding of the other folds" },
  ...contractOptions,
  ...sessionOptions,
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
