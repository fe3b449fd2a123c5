import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { imageLimitOptions, jsonOption } from "../../options/shared.ts";
import { parseBetween, parseCount } from "../../parse.ts";

export const options = defineOptions({
  data: { value: "path", required: true, help: "training data of the run: folder of faces or train.rec" },
  samples: { value: "n", parse: parseCount, default: 2000, help: "images to measure, at most; 0 for none" },
  pairs: { value: "n", parse: parseCount, default: 20, help: "closest pairs of identities to list" },
  showImages: {
    flag: "--pictures",
    help: "show an image of each of these identities in the report; then keep the report private",
  },
  strays: {
    value: "file",
    help: "list all images farther than --stray-degrees from their identity's center, one a line: image, tab, degrees",
  },
  strayDegrees: {
    value: "n",
    parse: parseBetween(0, 180),
    needs: { strays: true },
    otherwise: "75",
    help: "the angle of --strays",
  },
  ...imageLimitOptions,
  json: jsonOption("print JSON: angles, margins and the closest pairs"),
});

export type Flags = FlagsOf<typeof options>;
