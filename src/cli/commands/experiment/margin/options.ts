import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { parseNumber, parseNumbers } from "../../../parse.ts";
import { sweepJson, sweepOptions } from "../sweep-options.ts";

export const options = defineOptions({
  ...sweepOptions("margin"),
  scale: { value: "s", parse: parseNumber, default: 30, help: "scale of the logits" },
  margins: {
    value: "list",
    parse: parseNumbers,
    otherwise: "12 from 0 to 0.8",
    help: "margins to try, as in 0,0.2,0.35",
  },
  json: sweepJson,
});

export type Flags = FlagsOf<typeof options>;
