import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { contractOptions, jsonOption } from "../../../options/shared.ts";

export const options = defineOptions({
  scores: { value: "files", help: "what evaluate --json printed for this model; several files with commas between" },
  assessment: { value: "file", help: "the JSON that assess wrote for this model: its groups enter the card" },
  out: { value: "file", help: "where to write the card: Markdown, or JSON for a name that ends in .json" },
  ...contractOptions,
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
