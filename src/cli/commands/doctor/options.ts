import { devices } from "../../../compiler/runtime/names.ts";
import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { jsonOption } from "../../options/shared.ts";

export const options = defineOptions({
  json: jsonOption(),
  probe: { value: "device", choices: devices, isHidden: true, help: "try one device, in this process" },
});

export type Flags = FlagsOf<typeof options>;
