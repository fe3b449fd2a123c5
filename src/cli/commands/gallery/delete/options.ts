import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { galleryOptions } from "../../../options/settings.ts";
import { jsonOption } from "../../../options/shared.ts";

export const options = defineOptions({
  receipt: { value: "file", conflicts: ["wholeCollection"], help: "also write the receipt of the deletion to a file" },
  wholeCollection: { help: "delete all people, and the collection itself" },
  ...galleryOptions,
  json: jsonOption("print JSON: the receipt"),
});

export type Flags = FlagsOf<typeof options>;
