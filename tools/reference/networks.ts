import { allNetworks, configureNetwork, networkCost } from "../../src/training/nn/index.ts";
import { code, page, table } from "./markdown.ts";

/** Every network with its size and cost, from the registry of src/training/nn. */
export function renderNetworks(): string {
  const rows = allNetworks().map((architecture) => {
    const network = configureNetwork(architecture);
    const { parameters, macs } = networkCost(network);
    return [
      code(network.name),
      network.inputSize.join("×"),
      `${network.embeddingSize}`,
      `${(parameters / 1e6).toFixed(2)} M`,
      `${(macs / 1e9).toFixed(2)} G`,
      architecture.source ?? "not published",
    ];
  });
  return page(
    "# Networks",
    "Parameters are trained numbers, without running statistics. Multiply-accumulates are those of convolutions and fully " +
      "connected layers for one image of the default input.",
    table(["network", "input", "embedding size", "parameters", "multiply-accumulates", "source"], rows),
  );
}
