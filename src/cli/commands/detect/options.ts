import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { detectorOptions, jsonOption, sessionOptions } from "../../options/shared.ts";

export const options = defineOptions({
  ...detectorOptions,
  draw: {
    value: "path",
    help: "write the image with its faces drawn: a .jpg or .png, or a folder for several images",
  },
  ...sessionOptions,
  json: jsonOption("print JSON: { faces } for one image, a line { image, faces } each for several"),
});

export type Flags = FlagsOf<typeof options>;
