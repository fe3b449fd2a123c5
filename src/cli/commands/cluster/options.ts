import { CLUSTER_FAR } from "../../../faces/people/names.ts";
import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { jsonOption, recognitionOptions, thresholdOptions } from "../../options/shared.ts";
import { parsePositiveCount } from "../../parse.ts";

export const options = defineOptions({
  minimumSize: { value: "n", parse: parsePositiveCount, default: 2, help: "fewest faces of a person" },
  out: { value: "folder", help: "copy each photograph into a folder for each of its people" },
  ...thresholdOptions(CLUSTER_FAR),
  ...recognitionOptions,
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
