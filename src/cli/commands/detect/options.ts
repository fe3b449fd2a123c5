import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { detectorOptions, jsonOption, sessionOptions } from "../../options/shared.ts";
import { parseNumber } from "../../parse.ts";

export const options = defineOptions({
  ...detectorOptions,
  minimumScore: {
    value: "x",
    parse: parseNumber,
    otherwise: "what suits the detector",
    help: "leave out faces with a lower score",
  },
  smallestFace: {
    value: "pixels",
    parse: parseNumber,
    otherwise: "32, more in very large images",
    help: "height of the smallest face to look for; a smaller value takes longer",
  },
  draw: {
    value: "path",
    help: "write the image with its faces drawn: a .jpg or .png, or a folder for several images",
  },
  ...sessionOptions,
  json: jsonOption("print JSON: { faces } for one image, a line { image, faces } each for several"),
});

export type Flags = FlagsOf<typeof options>;
