import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { galleryOptions } from "../../../options/settings.ts";
import { jsonOption } from "../../../options/shared.ts";

export const options = defineOptions({
  name: { value: "name", otherwise: "as exported", help: "name of the new collection" },
  ...galleryOptions,
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
