/**
 * A whole training step as one graph: its inputs are pixels, labels and the state, its outputs the loss and the next
 * state. It is made of two halves with gradients between them: `forwardBackward` and `update`. One process runs both as
 * one program; several average the gradients of the first and pass them to the second.
 */
import {
  add,
  argMax,
  cast,
  concat,
  div,
  equal,
  type Graph,
  gradients,
  input,
  mul,
  reduceSum,
  slice,
  substitute,
  transpose,
  type Value,
} from "../../../compiler/graph/index.ts";
import { buildLoss, CENTERS, type FaceLoss, type StepScalar, WholeLossScope } from "../../losses/index.ts";
import {
  buildNetwork,
  constantly,
  type Initializer,
  type Network,
  type Parameter,
  type Statistic,
} from "../../nn/index.ts";
import type { Optimizer } from "../../optim/index.ts";
import { inOutputOrder } from "./update-order.ts";

/** How pixels 0–255 become the network's input: (x − mean) / std, RGB by default. The paper's: 127.5 and 128. */
export type PixelNormalization = {
  readonly mean: number;
  readonly std: number;
  readonly channels?: "rgb" | "bgr";
};

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
  /**
   * Share of the class centers in the sample of a step, in (0, 1], which are then kept outside the graph; see
   * `SampledHead`.
   */
  readonly sampleCenters?: number;
};

/** The values of the first half of a step. */
export type ForwardBackward = {
  /** f32[], mean over the batch. */
  readonly loss: Value;
  /** f32[]: share of the batch whose own center has the highest plain cosine; undefined for a loss without centers. */
  readonly accuracy: Value | undefined;
  readonly parameters: readonly Parameter[];
  readonly gradients: readonly Value[];
  readonly statistics: readonly Statistic[];
  /** The numbers that the loss asks for in each step, by name. */
  readonly scalars: ReadonlyMap<string, StepScalar>;
};

/** u8[batch, height, width, 3], RGB → f32[batch, 3, height, width], normalized, in the network's channel order. */
export function normalizePixels(pixels: Value, { mean, std, channels = "rgb" }: PixelNormalization): Value {
  const channelsFirst = cast(transpose(pixels, [0, 3, 1, 2]), "f32");
  const planes = [2, 1, 0].map((start) => slice(channelsFirst, { axis: 1, start, size: 1 }));
  return mul(add(channels === "rgb" ? channelsFirst : concat(planes, 1), -mean), 1 / std);
}

/** Loss, accuracy and gradients of a batch. */
export function forwardBackward(step: StepDescription): ForwardBackward {
  const { network, loss, batchSize, identityCount, normalization, centerInitializer } = step;
  const pixels = input("pixels", "u8", [batchSize, ...network.inputSize, 3]);
  const labels = input("labels", "i32", [batchSize]);
  const built = buildNetwork(network, batchSize, { training: true });
  const { embeddings, statistics: own } = onPixels(built, normalizePixels(pixels, normalization));
  const store = built.scope;
  const scope = new WholeLossScope({
    embeddings,
    labels,
    identityCount,
    store,
    hasStepInputs: true,
    ...(centerInitializer === undefined ? {} : { centerInitializer }),
  });
  const value = buildLoss(loss, scope);
  const { parameters } = store;
  return {
    loss: value,
    accuracy: scope.centersPerIdentity === 0 ? undefined : shareOfHits(scope.cosines(), labels, batchSize),
    parameters,
    gradients: gradients(
      value,
      parameters.map((parameter) => parameter.value),
    ),
    statistics: [...own, ...store.statistics.slice(own.length)],
    scalars: scope.scalars,
  };
}

/** A network's embeddings and next statistics with its images replaced by a value: normalized pixels. */
export function onPixels(
  { images, embeddings, scope }: ReturnType<typeof buildNetwork>,
  normalized: Value,
): { readonly embeddings: Value; readonly statistics: readonly Statistic[] } {
  const { statistics } = scope;
  const values = substitute([embeddings, ...statistics.map(({ next }) => next)], new Map([[images, normalized]]));
  const [replaced = embeddings, ...next] = values;
  return {
    embeddings: replaced,
    statistics: statistics.map((statistic, i) => ({ ...statistic, next: next[i] ?? statistic.next })),
  };
}

function shareOfHits(cosine: Value, labels: Value, batchSize: number): Value {
  const hit = equal(argMax(cosine, 1), cast(labels, "i64"));
  return div(reduceSum(cast(hit, "f32")), batchSize);
}

/** Prefix of a step's outputs that are the state of the next step. */
export const NEXT = "next/";

/** Name of an optimizer's tensor for a parameter. */
export const stateName = (parameter: string, state: string) => `${parameter}/${state}`;

/**
 * The next parameters and optimizer state, by name, given a gradient for each parameter; in the order of
 * `inOutputOrder`.
 */
export function update(
  { optimizer }: Pick<StepDescription, "optimizer">,
  parameters: readonly Parameter[],
  gradientValues: readonly Value[],
): Record<string, Value> {
  const scalars = { learningRate: input("learningRate", "f32", []), stepNumber: input("stepNumber", "f32", []) };
  const next: Record<string, Value> = {};
  const updates = gradientValues.flatMap((gradient, i) => {
    const parameter = parameters[i];
    if (parameter === undefined || parameter.frozen) return [];
    return { ...parameter, gradient, resultCount: 1 + optimizer.stateNames.length };
  });
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

/** The role of a tensor in training: several machines share centers and optimizer state, and average statistics. */
export type TensorRole = "parameter" | "statistic" | "optimizer" | "center";

/** A tensor that steps hand on: parameters, optimizer state, running statistics. */
export type StateDescription = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  readonly role: TensorRole;
};

/** A step as one graph, with the state that it takes and gives. */
export type TrainingStep = {
  readonly graph: Graph;
  readonly parameters: readonly Parameter[];
  readonly state: readonly StateDescription[];
  readonly scalars: ReadonlyMap<string, StepScalar>;
};

/** The step as one graph. */
export function trainingStep(step: StepDescription): TrainingStep {
  const { loss, accuracy, parameters, gradients: values, statistics, scalars } = forwardBackward(step);
  const graph: Graph = {
    name: "trainingStep",
    outputs: {
      loss,
      ...(accuracy === undefined ? {} : { accuracy }),
      ...update(step, parameters, values),
      ...Object.fromEntries(statistics.map(({ name, next }) => [NEXT + name, next])),
    },
  };
  return { graph, parameters, state: describeState(step.optimizer, parameters, statistics), scalars };
}

/** The tensors that steps hand on, with first values and roles. */
export function describeState(
  optimizer: Optimizer,
  parameters: readonly Parameter[],
  statistics: readonly Statistic[],
): StateDescription[] {
  const describe =
    (role: TensorRole) =>
    ({ name, shape, initializer }: Omit<StateDescription, "role">): StateDescription => ({
      name,
      shape,
      initializer,
      role: name === CENTERS ? "center" : role,
    });
  return [
    ...parameters.map(describe("parameter")),
    ...statistics.map(describe("statistic")),
    ...parameters
      .filter(({ frozen }) => !frozen)
      .flatMap(({ name, shape }) =>
        optimizer.stateNames.map((key) => ({ name: stateName(name, key), shape, initializer: constantly(0) })),
      )
      .map(describe("optimizer")),
  ];
}
