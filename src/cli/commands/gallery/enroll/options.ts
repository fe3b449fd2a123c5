import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { galleryModelOptions } from "../../../options/settings.ts";
import { contractOptions, faceOptions, jsonOption } from "../../../options/shared.ts";

export const options = defineOptions({
  aligned: { help: "the images are aligned crops: embed them without looking for faces", conflicts: ["detector"] },
  keepCrops: {
    flag: "--keep-pictures",
    help: "keep the aligned crop of each face, so that the collection can move to another model later",
  },
  ...faceOptions,
  ...galleryModelOptions,
  ...contractOptions,
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
