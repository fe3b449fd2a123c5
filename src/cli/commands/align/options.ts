import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { detectorOptions, jsonOption, sessionOptions } from "../../options/shared.ts";
import { parseSize } from "../../parse.ts";

export const options = defineOptions({
  ...detectorOptions,
  template: {
    value: "name",
    choices: ["arcface", "arcface-128"],
    default: "arcface",
    help: "positions of the landmarks in the crop",
  },
  input: {
    value: "height>x<width",
    parse: parseSize,
    default: [112, 112],
    otherwise: "112x112",
    help: "size of the crops",
  },
  ...sessionOptions,
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
