import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { parseCount, parseNumber } from "../../../parse.ts";
import { sweepJson, sweepOptions } from "../sweep-options.ts";

export const options = defineOptions({
  ...sweepOptions("losses"),
  scale: { value: "s", parse: parseNumber, default: 30, help: "scale of the logits of A-Softmax, CosFace and ArcFace" },
  identitiesPerBatch: {
    value: "n",
    parse: parseCount,
    default: 16,
    help: "identities in a batch, for losses that compare samples; must divide --batch",
  },
  json: sweepJson,
});

export type Flags = FlagsOf<typeof options>;
