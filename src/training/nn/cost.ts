import { requireFields } from "../../base/core/index.ts";
import { elementCount, macsOf, sortedNodes } from "../../compiler/graph/index.ts";
import { buildNetwork, type Network } from "./network.ts";

/** The cost of a network. */
export type NetworkCost = {
  /** Trained numbers: weights, biases, PReLU slopes, batch-normalization scales and shifts; not running statistics. */
  readonly parameters: number;
  /** Multiply-accumulates of convolutions and fully connected layers for one image. */
  readonly macs: number;
};

/** Counts parameters and multiply-accumulates in the graph of the network. */
export function networkCost(network: Network): NetworkCost {
  requireFields("network", network, { inputSize: "a list", embeddingSize: "a number", architecture: "an object" });
  const { embeddings, scope } = buildNetwork(network, 1);
  const parameters = scope.parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const macs = sortedNodes([embeddings]).reduce((sum, node) => sum + macsOf(node), 0);
  return { parameters, macs };
}
