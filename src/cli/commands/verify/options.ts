import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { faceOptions, jsonOption, recognitionOptions, thresholdOptions } from "../../options/shared.ts";

export const options = defineOptions({
  ...faceOptions,
  ...thresholdOptions(),
  ...recognitionOptions,
  json: jsonOption("print { score, threshold, far, same, model }"),
});

export type Flags = FlagsOf<typeof options>;
