import { settingNames } from "../../../service/settings/index.ts";
import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { settingOptions } from "../../options/settings.ts";
import { jsonOption } from "../../options/shared.ts";

export const options = defineOptions({
  json: jsonOption("print one line of JSON when ready: url, and apiKey on the first start"),
  ...settingOptions(settingNames),
});

export type Flags = FlagsOf<typeof options>;
