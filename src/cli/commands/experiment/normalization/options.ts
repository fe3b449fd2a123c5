import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { parseNumber } from "../../../parse.ts";
import { sweepJson, sweepOptions } from "../sweep-options.ts";

export const options = defineOptions({
  ...sweepOptions("normalization"),
  scale: { value: "s", parse: parseNumber, default: 30, help: "scale of the logits, if embeddings are normalized" },
  margin: { value: "m", parse: parseNumber, default: 0.35, help: "margin m" },
  json: sweepJson,
});

export type Flags = FlagsOf<typeof options>;
