import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { galleryOptions } from "../../../options/settings.ts";
import { jsonOption } from "../../../options/shared.ts";

export const options = defineOptions({ ...galleryOptions, json: jsonOption() });

export type Flags = FlagsOf<typeof options>;
