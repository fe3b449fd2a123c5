import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { imageLimitOptions, jsonOption } from "../../options/shared.ts";

export const options = defineOptions({ ...imageLimitOptions, json: jsonOption() });

export type Flags = FlagsOf<typeof options>;
