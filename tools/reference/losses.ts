import { keyOfLossOption } from "../../src/cli/commands/train/loss-options.ts";
import { flagOf } from "../../src/cli/declaration.ts";
import { describeRange, lossDefinitions } from "../../src/training/losses/index.ts";
import { code, page, table } from "./markdown.ts";

/** Every loss by name, from the registry of src/training/losses. */
export function renderLosses(): string {
  const losses = lossDefinitions.map(({ name, title, formula, paper }) => [code(name), title, formula, paper]);
  const options = lossDefinitions.flatMap(({ name, options }) =>
    Object.entries(options).map(([key, option]) => [
      code(name),
      code(key),
      code(flagOf(keyOfLossOption(key, option))),
      option.doc,
      option.unit ?? "",
      describeRange(option),
      option.default === undefined ? "" : code(String(option.default)),
    ]),
  );
  return page(
    "# Losses",
    table(["loss", "title", "formula", "paper"], losses),
    "## Options",
    table(["loss", "option", "flag", "meaning", "unit", "range", "default"], options),
  );
}
