import { Command } from "commander";
import { print, printJson } from "./output.ts";

export function networksCommand(): Command {
  return new Command("networks")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  cosface networks
  cosface networks --json`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const { allNetworks, configureNetwork, networkCost } = await import("../training/nn/index.ts");
      const rows = allNetworks().map((architecture) => {
        const network = configureNetwork(architecture);
        return {
          name: network.name,
          input: [3, ...network.inputSize],
          embeddingSize: network.embeddingSize,
          ...networkCost(network),
        };
      });
      if (json) return printJson(rows);
      const line = (...cells: string[]) =>
        cells.map((cell, i) => (i === 0 ? cell.padEnd(18) : cell.padStart(12))).join("");
      print(
        line("network", "input", "embedding", "parameters", "MACs"),
        ...rows.map(({ name, input, embeddingSize, parameters, macs }) =>
          line(
            name,
            input.join("×"),
            `${embeddingSize}-d`,
            `${(parameters / 1e6).toFixed(2)} M`,
            `${(macs / 1e9).toFixed(2)} G`,
          ),
        ),
      );
    });
}
