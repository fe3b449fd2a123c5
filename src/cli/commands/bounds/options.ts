import { DEFAULT_POSTERIOR } from "../../../measure/hypersphere/index.ts";
import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { jsonOption } from "../../options/shared.ts";
import { parseCount, parseNumber, parseShare } from "../../parse.ts";

export const options = defineOptions({
  identities: { value: "C", parse: parseCount, required: true, help: "number of identities, at least 2" },
  dimension: { value: "K", parse: parseCount, required: true, help: "numbers in an embedding, at least 2" },
  posterior: {
    value: "P",
    parse: parseShare,
    default: DEFAULT_POSTERIOR,
    help: "probability that the class centers are to reach, in (0, 1)",
  },
  margin: { value: "m", parse: parseNumber, help: "cosine margin to judge", otherwise: "suggests one" },
  scale: { value: "s", parse: parseNumber, help: "scale to judge", otherwise: "suggests one" },
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
