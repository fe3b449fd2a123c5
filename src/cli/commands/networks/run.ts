import { allNetworks, configureNetwork, networkCost } from "../../../training/nn/index.ts";
import { print, printJson } from "../../output.ts";
import type { Flags } from "./options.ts";

export async function run({ json }: Flags): Promise<void> {
  const rows = allNetworks().map((architecture) => {
    const network = configureNetwork(architecture);
    const { name, inputSize, embeddingSize } = network;
    return { name, input: [3, ...inputSize], embeddingSize, ...networkCost(network) };
  });
  if (json) return printJson(rows);
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
}

function line(name: string, ...cells: readonly string[]): string {
  return [name.padEnd(18), ...cells.map((cell) => cell.padStart(12))].join("");
}
