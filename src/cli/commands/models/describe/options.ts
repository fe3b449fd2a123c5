import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { contractOptions, jsonOption } from "../../../options/shared.ts";

export const options = defineOptions({ ...contractOptions, json: jsonOption() });

export type Flags = FlagsOf<typeof options>;
