import { DEFAULT_EMBEDDER } from "../../../../faces/embedder/names.ts";
import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { galleryModelOptions } from "../../../options/settings.ts";
import { contractOptions, jsonOption } from "../../../options/shared.ts";

export const options = defineOptions({
  from: {
    value: "model",
    default: DEFAULT_EMBEDDER,
    help: "the collection's present model, which aligned the images that were kept",
  },
  photographs: {
    conflicts: ["from"],
    help: "the images that were kept are not crops of a model: look for the face in each",
  },
  dropWithoutImage: {
    flag: "--drop-without-picture",
    help: "drop templates without an image, instead of refusing to change anything",
  },
  ...galleryModelOptions,
  ...contractOptions,
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
