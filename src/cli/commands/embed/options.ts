import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { jsonOption, recognitionOptions } from "../../options/shared.ts";

export const options = defineOptions({
  ...recognitionOptions,
  json: jsonOption("print a line of JSON for each face"),
});

export type Flags = FlagsOf<typeof options>;
