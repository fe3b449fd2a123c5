import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { parseNumber, parseNumbers } from "../../../parse.ts";
import { sweepJson, sweepOptions } from "../sweep-options.ts";

export const options = defineOptions({
  ...sweepOptions("scale"),
  margin: { value: "m", parse: parseNumber, default: 0.35, help: "margin m" },
  scales: { value: "list", parse: parseNumbers, otherwise: "9 from 1 to 256", help: "scales to try, as in 8,30,64" },
  json: sweepJson,
});

export type Flags = FlagsOf<typeof options>;
