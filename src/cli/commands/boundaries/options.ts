import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { jsonOption } from "../../options/shared.ts";
import { parseCount, parseNumber } from "../../parse.ts";

export const options = defineOptions({
  out: { value: "folder", default: "boundaries", help: "folder for report.html and figures" },
  margin: { value: "m", parse: parseNumber, otherwise: "0.35", help: "CosFace's margin, in cosine" },
  arcMargin: { value: "m", parse: parseNumber, otherwise: "0.5", help: "ArcFace's margin, in radians" },
  multiplier: { value: "m", parse: parseCount, otherwise: "4", help: "A-Softmax's multiplier of the angle" },
  norms: {
    value: "r",
    parse: parseNumber,
    otherwise: "2",
    help: "softmax: norm of class center 1 divided by that of class center 2",
  },
  between: { value: "degrees", parse: parseNumber, otherwise: "90", help: "angle between the two class centers" },
  json: jsonOption("print JSON: the files written"),
});

export type Flags = FlagsOf<typeof options>;
