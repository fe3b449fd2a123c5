import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { jsonOption } from "../../../options/shared.ts";

export const options = defineOptions({
  sha256: { value: "hex", required: true, help: "the file's SHA-256, from a source that you trust" },
  name: { value: "name", otherwise: "the last part of the address", help: "name of the model" },
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
