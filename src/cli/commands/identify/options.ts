import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { galleryOptions } from "../../options/settings.ts";
import { jsonOption, recognitionOptions, thresholdOptions } from "../../options/shared.ts";
import { parsePositiveCount } from "../../parse.ts";

export const options = defineOptions({
  gallery: { value: "folder", help: "photographs of known people, with one subfolder for each person" },
  collection: {
    value: "name",
    help: "people of this collection of the service's gallery, instead of a folder",
    conflicts: ["gallery"],
  },
  negatives: {
    value: "folder",
    help: "folder of the same layout with faces that are not the person whose name the subfolder has",
  },
  limit: { value: "k", parse: parsePositiveCount, default: 5, help: "most people named for a face" },
  cache: { isOn: true, help: "neither read nor write embeddings in the gallery's folder" },
  ...thresholdOptions(),
  ...recognitionOptions,
  ...galleryOptions,
  json: jsonOption("print a line of JSON for each face"),
});

export type Flags = FlagsOf<typeof options>;
