/**
 * A whole training step as one graph: pixels and labels go in with the parameters, the loss and the next parameters come
 * out. It is put together from two halves with gradients between them: `forwardBackward` and `update`. On one machine
 * they are one program; on several, gradients leave the first, are averaged, and enter the second.
 */
import {
  add,
  argMax,
  cast,
  div,
  equal,
  type Graph,
  gradients,
  input,
  mul,
  reduceSum,
  substitute,
  transpose,
  type Value,
} from "../../compiler/graph/index.ts";
import { cosines, type FaceLoss, lossValue } from "../losses/index.ts";
import {
  buildNetwork,
  type Initializer,
  type Network,
  type Parameter,
  type Statistic,
  xavierFanIn,
} from "../nn/index.ts";
import type { Optimizer } from "../optim/index.ts";
import { inOutputOrder } from "./update-order.ts";

/** How pixels 0–255 become the network's input: (x − mean) / std, RGB. The paper's: 127.5 and 128. */
export type PixelNormalization = { readonly mean: number; readonly std: number };

export const PAPER_NORMALIZATION: PixelNormalization = { mean: 127.5, std: 128 };

export type StepDescription = {
  readonly network: Network;
  readonly loss: FaceLoss;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly identityCount: number;
  readonly normalization: PixelNormalization;
  /** First values of the class centers; default: xavier, as SphereFace's classifier. */
  readonly centerInitializer?: Initializer;
  /** Share of the class centers in the sample of a step, in (0, 1], which are then kept outside the graph; see `SampledHead`. */
  readonly sampleCenters?: number;
};

/** Values that a step gives beside the next state. */
export type ForwardBackward = {
  /** f32[], mean over the batch. */
  readonly loss: Value;
  /** f32[]: share of the batch whose own center has the highest plain cosine. */
  readonly accuracy: Value;
  readonly parameters: readonly Parameter[];
  readonly gradients: readonly Value[];
  readonly statistics: readonly Statistic[];
};

/** Name of the class centers among the parameters. */
export const CENTERS = "centers";

/** Name of the class means among the statistics, for a loss that keeps them. */
const MEANS = "means";

const zeros: Initializer = (shape) => new Float32Array(shape.reduce((product, size) => product * size, 1));

/** u8[batch, height, width, 3] → f32[batch, 3, height, width], normalized. */
export function normalizePixels(pixels: Value, { mean, std }: PixelNormalization): Value {
  const channelsFirst = transpose(pixels, [0, 3, 1, 2]);
  return mul(add(cast(channelsFirst, "f32"), -mean), 1 / std);
}

/** Loss, accuracy and gradients of a batch. */
export function forwardBackward(step: StepDescription): ForwardBackward {
  const { network, loss, batchSize, identityCount, normalization } = step;
  const pixels = input("pixels", "u8", [batchSize, ...network.inputSize, 3]);
  const labels = input("labels", "i32", [batchSize]);
  const built = buildNetwork(network, batchSize, { training: true });
  const centers = built.scope.parameter(
    CENTERS,
    [identityCount, network.embeddingSize],
    step.centerInitializer ?? xavierFanIn,
  );
  const images = new Map([[built.images, normalizePixels(pixels, normalization)]]);
  const statistics = built.scope.statistics;
  const [embeddings, ...nextStatistics] = substitute([built.embeddings, ...statistics.map(({ next }) => next)], images);
  const means = input(MEANS, "f32", centers.shape);
  const inputs = {
    embeddings: embeddings!,
    centers,
    labels,
    margin: input("margin", "f32", []),
    lambda: input("lambda", "f32", []),
    means,
  };
  const value = lossValue(loss, inputs);
  const hit = equal(argMax(cosines(inputs), 1), cast(labels, "i64"));
  const { parameters } = built.scope;
  const next = statistics.map((statistic, i) => ({ ...statistic, next: nextStatistics[i]! }));
  if (loss.nextMeans !== undefined) {
    const shape = [identityCount, network.embeddingSize];
    next.push({ name: MEANS, value: means, shape, initializer: zeros, next: loss.nextMeans(inputs) });
  }
  return {
    loss: value,
    accuracy: div(reduceSum(cast(hit, "f32")), batchSize),
    parameters,
    gradients: gradients(
      value,
      parameters.map((parameter) => parameter.value),
    ),
    statistics: next,
  };
}

/** Prefix of a step's outputs that are the state of the next step. */
export const NEXT = "next/";

/** Name of an optimizer's tensor for a parameter. */
export const stateName = (parameter: string, state: string) => `${parameter}/${state}`;

/** The next parameters and optimizer state, by name, given a gradient for each parameter; in the order of `inOutputOrder`. */
export function update(
  { optimizer }: StepDescription,
  parameters: readonly Parameter[],
  gradientValues: readonly Value[],
): Record<string, Value> {
  const scalars = { learningRate: input("learningRate", "f32", []), stepNumber: input("stepNumber", "f32", []) };
  const next: Record<string, Value> = {};
  const updates = parameters.flatMap((parameter, i) =>
    parameter.frozen
      ? []
      : { ...parameter, gradient: gradientValues[i]!, resultCount: 1 + optimizer.stateNames.length },
  );
  for (const { name, value, shape, gradient, decay, learningRateFactor } of inOutputOrder(updates)) {
    const state = Object.fromEntries(
      optimizer.stateNames.map((key) => [key, input(stateName(name, key), "f32", shape)]),
    );
    const updated = optimizer.update({ parameter: value, gradient, state, decay, learningRateFactor }, scalars);
    next[NEXT + name] = updated.parameter;
    for (const [key, tensor] of Object.entries(updated.state)) next[NEXT + stateName(name, key)] = tensor;
  }
  return next;
}

/** A tensor that steps hand on: parameters, optimizer state, running statistics. */
export type StateTensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
};

/** The step as one graph, and the state that it takes and gives. */
export function trainingStep(step: StepDescription): {
  graph: Graph;
  parameters: readonly Parameter[];
  state: readonly StateTensor[];
} {
  const { loss, accuracy, parameters, gradients: values, statistics } = forwardBackward(step);
  const graph: Graph = {
    name: "trainingStep",
    outputs: {
      loss,
      accuracy,
      ...update(step, parameters, values),
      ...Object.fromEntries(statistics.map(({ name, next }) => [NEXT + name, next])),
    },
  };
  const state = [...parameters, ...statistics, ...optimizerState(step.optimizer, parameters)];
  return { graph, parameters, state };
}

/** The tensors that an optimizer keeps for parameters, zero at the start. */
export function optimizerState({ stateNames }: Optimizer, parameters: readonly Parameter[]): StateTensor[] {
  return parameters
    .filter(({ frozen }) => !frozen)
    .flatMap(({ name, shape }) => stateNames.map((key) => ({ name: stateName(name, key), shape, initializer: zeros })));
}
