import { keyScopes } from "../../../../service/gallery/names.ts";
import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { galleryOptions } from "../../../options/settings.ts";
import { jsonOption } from "../../../options/shared.ts";
import { parseFutureDate, parseWords } from "../../../parse.ts";

export const options = defineOptions({
  scope: {
    value: "list",
    parse: parseWords(keyScopes),
    required: true,
    help: `what the key allows: ${keyScopes.join(", ")}, separated by commas`,
  },
  expires: {
    value: "date",
    parse: parseFutureDate,
    otherwise: "never",
    help: "day on which the key expires, as 2027-01-31",
  },
  ...galleryOptions,
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
