import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { galleryOptions } from "../../../options/settings.ts";
import { jsonOption } from "../../../options/shared.ts";
import { parseCount } from "../../../parse.ts";

export const options = defineOptions({
  above: {
    value: "n",
    parse: parseCount,
    otherwise: "where an index was measured to be faster",
    help: "number of templates above which the collection gets an index",
  },
  ...galleryOptions,
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
