/**
 * The network's part of a training step whose class centers are elsewhere (see `SampledHead`), as two graphs: pixels →
 * embeddings, and pixels with the gradient of the embeddings → the next parameters. The second goes forward once more:
 * activations that left the first graph for the second would be copied out of the runtime and back.
 */
import { type Graph, input, substitute, vectorJacobianProduct } from "../../compiler/graph/index.ts";
import { buildNetwork } from "../nn/index.ts";
import {
  NEXT,
  normalizePixels,
  optimizerState,
  type StateTensor,
  type StepDescription,
  update,
} from "./training-step.ts";

export type NetworkStep = {
  /** `pixels` and the parameters → `embeddings` f32[batch, size], not normalized. */
  readonly forward: Graph;
  /** `pixels`, `embeddingGradient` f32[batch, size] and the state → the next state. */
  readonly backward: Graph;
  readonly state: readonly StateTensor[];
};

export function networkStep(step: StepDescription): NetworkStep {
  const { network, batchSize, normalization, optimizer } = step;
  const pixels = input("pixels", "u8", [batchSize, ...network.inputSize, 3]);
  const { images, scope, ...built } = buildNetwork(network, batchSize, { training: true });
  const { parameters, statistics } = scope;
  const values = [built.embeddings, ...statistics.map(({ next }) => next)];
  const [embeddings, ...nextStatistics] = substitute(
    values,
    new Map([[images, normalizePixels(pixels, normalization)]]),
  );
  const gradients = vectorJacobianProduct(
    [embeddings!],
    [input("embeddingGradient", "f32", embeddings!.shape)],
    parameters.map(({ value }) => value),
  );
  const backward: Graph = {
    name: "networkBackward",
    outputs: {
      ...update(step, parameters, gradients),
      ...Object.fromEntries(statistics.map(({ name }, i) => [NEXT + name, nextStatistics[i]!])),
    },
  };
  return {
    forward: { name: "networkForward", outputs: { embeddings: embeddings! } },
    backward,
    state: [...parameters, ...statistics, ...optimizerState(optimizer, parameters)],
  };
}
