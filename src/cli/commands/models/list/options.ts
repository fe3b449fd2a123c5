import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { jsonOption } from "../../../options/shared.ts";

export const options = defineOptions({ json: jsonOption() });

export type Flags = FlagsOf<typeof options>;
