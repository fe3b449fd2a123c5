import { flagOf } from "../../src/cli/declaration.ts";
import { type InputUse, protocolFacts } from "../../src/faces/benchmarks/names.ts";
import { code, page, table } from "./markdown.ts";

/** Every protocol of `cosface evaluate`, from the registry of src/faces/benchmarks. */
export function renderProtocols(): string {
  const protocols = Object.entries(protocolFacts).map(([name, { title, source }]) => [code(name), title, source]);
  const inputs = Object.entries(protocolFacts).flatMap(([name, { takes }]) =>
    Object.entries<InputUse>(takes).map(([key, { isRequired, help }]) => [
      code(name),
      code(flagOf(key)),
      isRequired ? "yes" : "no",
      help,
    ]),
  );
  return page(
    "# Protocols",
    "What `cosface evaluate MODEL --protocol NAME` measures, and the files that each protocol takes.",
    table(["protocol", "measures", "source"], protocols),
    "## What each takes",
    table(["protocol", "flag", "required", "meaning"], inputs),
  );
}
