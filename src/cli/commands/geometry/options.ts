import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { imageLimitOptions, jsonOption } from "../../options/shared.ts";
import { parseCount } from "../../parse.ts";

export const options = defineOptions({
  data: { value: "path", required: true, help: "training data of the run: folder of faces or train.rec" },
  samples: { value: "n", parse: parseCount, default: 2000, help: "images to measure, at most; 0 for none" },
  pairs: { value: "n", parse: parseCount, default: 20, help: "closest pairs of identities to list" },
  showImages: {
    flag: "--pictures",
    help: "show an image of each of these identities in the report; then keep the report private",
  },
  ...imageLimitOptions,
  json: jsonOption("print JSON: angles, margins and the closest pairs"),
});

export type Flags = FlagsOf<typeof options>;
