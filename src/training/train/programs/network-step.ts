/**
 * The network's part of a training step whose class centers are elsewhere (see `SampledHead`), as two graphs: pixels
 * → embeddings, and pixels with the gradient of the embeddings → the next parameters. The second repeats the
 * forward pass: activations that left the first graph for the second would be copied out of the runtime and back.
 */
import { type Graph, input, vectorJacobianProduct } from "../../../compiler/graph/index.ts";
import { buildNetwork } from "../../nn/index.ts";
import {
  describeState,
  NEXT,
  normalizePixels,
  onPixels,
  type StateDescription,
  type StepDescription,
  update,
} from "./training-step.ts";

export type NetworkStep = {
  /** `pixels` and the parameters → `embeddings` f32[batch, size], not normalized. */
  readonly forward: Graph;
  /** `pixels`, `embeddingGradient` f32[batch, size] and the state → the next state. */
  readonly backward: Graph;
  readonly state: readonly StateDescription[];
};

export function networkStep(step: StepDescription): NetworkStep {
  const { network, batchSize, normalization, optimizer } = step;
  const pixels = input("pixels", "u8", [batchSize, ...network.inputSize, 3]);
  const built = buildNetwork(network, batchSize, { training: true });
  const { embeddings, statistics } = onPixels(built, normalizePixels(pixels, normalization));
  const { parameters } = built.scope;
  const gradients = vectorJacobianProduct(
    [embeddings],
    [input("embeddingGradient", "f32", embeddings.shape)],
    parameters.map(({ value }) => value),
  );
  const backward: Graph = {
    name: "networkBackward",
    outputs: {
      ...update(step, parameters, gradients),
      ...Object.fromEntries(statistics.map(({ name, next }) => [NEXT + name, next])),
    },
  };
  return {
    forward: { name: "networkForward", outputs: { embeddings } },
    backward,
    state: describeState(optimizer, parameters, statistics),
  };
}
