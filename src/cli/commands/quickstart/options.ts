import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { jsonOption } from "../../options/shared.ts";
import { parseCount } from "../../parse.ts";

export const options = defineOptions({
  out: { value: "folder", default: "quickstart", help: "folder for the results; an existing one is replaced" },
  seed: { value: "n", parse: parseCount, default: 1, help: "seed of the people, the order and the initial values" },
  threads: { value: "n", parse: parseCount, otherwise: "all cores", help: "threads of the CPU" },
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
