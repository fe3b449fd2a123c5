import { OptionError, requireFields, requireInteger, requireKnownKeys, requireObject } from "../../base/core/index.ts";
import { input, type Value } from "../../compiler/graph/index.ts";
import { Scope } from "./scope.ts";

/**
 * The definition of a network: a function from images f32[batch, 3, height, width] to embeddings f32[batch, size],
 * written with layers and graph ops, and its default sizes.
 */
export type Architecture = {
  /** Name in logs, checkpoints and model files. */
  readonly name: string;
  /** Default [height, width] of the input in pixels. */
  readonly inputSize: readonly [number, number];
  /** Default number of numbers in an embedding. */
  readonly embeddingSize: number;
  /** Both sides of the input must be multiples of this; default 1. */
  readonly divisor?: number;
  /** Publication of the layers and initializers. */
  readonly source?: string;
  /** Builds the embeddings from the images; takes every parameter from the scope. */
  readonly build: (x: Value, scope: Scope, options: { embeddingSize: number }) => Value;
};

/** An architecture with the sizes of its input and embedding. */
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

/** Chooses the sizes of a network. @throws {OptionError} for sides that are not multiples of the divisor. */
export function configureNetwork(
  architecture: Architecture,
  options: { inputSize?: readonly [number, number]; embeddingSize?: number } = {},
): Network {
  requireFields("architecture", architecture, { name: "a text", inputSize: "a list", build: "a function" });
  requireObject("options of configureNetwork", options);
  const { inputSize = architecture.inputSize, embeddingSize = architecture.embeddingSize } = options;
  requireInteger(`${architecture.name}: embedding size`, embeddingSize, 1);
  const { divisor = 1 } = architecture;
  for (const side of inputSize) {
    if (!Number.isInteger(side) || side < divisor || side % divisor !== 0) {
      throw new OptionError(
        `${architecture.name}: got input ${inputSize.join("×")}, expected both sides to be multiples of ${divisor}`,
      );
    }
  }
  return { name: architecture.name, inputSize, embeddingSize, architecture };
}

/** Builds the graph of a network for a fixed number of images, or for any number: "batch". */
export function buildNetwork(
  network: Network,
  batch: number | "batch",
  options: { training?: boolean } = {},
): BuiltNetwork {
  requireKnownKeys("options of buildNetwork", options, { training: true });
  const { training = false } = options;
  requireFields("network", network, { inputSize: "a list", embeddingSize: "a number", architecture: "an object" });
  const scope = new Scope(training);
  const images = input("images", "f32", [batch, 3, ...network.inputSize]);
  const embeddings = network.architecture.build(images, scope, { embeddingSize: network.embeddingSize });
  return { images, embeddings, scope };
}
