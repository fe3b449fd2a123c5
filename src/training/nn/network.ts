import { OptionError, requireInteger } from "../../base/core/index.ts";
import { input, type Value } from "../../compiler/graph/index.ts";
import { Scope } from "./scope.ts";

/** How a network is written: a function from pictures f32[batch, 3, height, width] to embeddings f32[batch, size]. */
export type Architecture = {
  readonly name: string;
  /** [height, width] of the paper's input. */
  readonly inputSize: readonly [number, number];
  readonly embeddingSize: number;
  /** Both sides of the input must be multiples of this. */
  readonly divisor: number;
  /** Where the layers and initializers are described. */
  readonly source: string;
  readonly build: (x: Value, scope: Scope, options: { embeddingSize: number }) => Value;
};

/** An architecture with its sizes settled. */
export type Network = {
  readonly name: string;
  readonly inputSize: readonly [number, number];
  readonly embeddingSize: number;
  readonly architecture: Architecture;
};

/** A network as a graph, for training or inference. */
export type BuiltNetwork = {
  /** f32[batch, 3, height, width], normalized pixels. */
  readonly images: Value;
  /** f32[batch, embeddingSize], not normalized. */
  readonly embeddings: Value;
  readonly scope: Scope;
};

/** Settles the sizes of a network. @throws {OptionError} for sides that the network cannot divide. */
export function configureNetwork(
  architecture: Architecture,
  {
    inputSize = architecture.inputSize,
    embeddingSize = architecture.embeddingSize,
  }: {
    inputSize?: readonly [number, number];
    embeddingSize?: number;
  } = {},
): Network {
  requireInteger(`${architecture.name}: embedding size`, embeddingSize, 1);
  for (const side of inputSize) {
    if (!Number.isInteger(side) || side < architecture.divisor || side % architecture.divisor !== 0) {
      throw new OptionError(
        `${architecture.name}: got input ${inputSize.join("×")}, expected both sides to be multiples of ${architecture.divisor}`,
      );
    }
  }
  return { name: architecture.name, inputSize, embeddingSize, architecture };
}

/** Writes a network as a graph for a batch of a number of pictures, or of any number: "batch". */
export function buildNetwork(network: Network, batch: number | "batch", { training = false } = {}): BuiltNetwork {
  const scope = new Scope(training);
  const images = input("images", "f32", [batch, 3, ...network.inputSize]);
  const embeddings = network.architecture.build(images, scope, { embeddingSize: network.embeddingSize });
  return { images, embeddings, scope };
}
