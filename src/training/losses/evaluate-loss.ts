/** Evaluates a loss for plain arrays, through the same graph as training. */
import { OptionError, random, requireObject, ShapeError } from "../../base/core/index.ts";
import { gradients, input, type Value } from "../../compiler/graph/index.ts";
import type { Tensor, Tensors } from "../../compiler/runtime/index.ts";
import { type Parameter, Scope, type Statistic } from "../nn/index.ts";
import { buildLoss } from "./build-loss.ts";
import type { FaceLoss } from "./loss.ts";
import { createLoss, type LossOptions } from "./registry.ts";
import { at, floats } from "./results.ts";
import { CENTERS, NOISE, WholeLossScope } from "./whole-loss-scope.ts";

/** Rows of numbers: arrays, or typed arrays. */
export type Rows = readonly ArrayLike<number>[];

/** A statistic or parameter of a loss: a number, a list of numbers, or rows of numbers. */
export type StateValue = number | ArrayLike<number> | Rows;

/** A loss, and the arrays that it is evaluated for. */
export type LossEvaluation = {
  /** A loss of the registry by name, or a loss of your own. */
  readonly loss: LossOptions | FaceLoss;
  /** [batch][size], not normalized. */
  readonly embeddings: Rows;
  /** [identities · centers per identity][size], not normalized: row j is the center of identity j. */
  readonly centers: Rows;
  /** [batch], each in [0, identities). */
  readonly labels: ArrayLike<number>;
  /** Statistics before the batch and parameters beside the centers, by name; default: their values before step 1. */
  readonly state?: Readonly<Record<string, StateValue>>;
  /** `[batch]`: one standard normal number a sample, for a loss with random margins; default 0. */
  readonly noise?: ArrayLike<number>;
  /** [identities][size]: class means before the batch, for center loss: short for `state: { means }`. */
  readonly means?: Rows;
};

/** A loss and its gradients, as plain arrays. */
export type EvaluatedLoss = {
  /** The value that is trained on, mean over the batch. */
  readonly loss: number;
  /** [batch][size]: ∂loss/∂embeddings. */
  readonly embeddingGradients: number[][];
  /** The centers' shape: ∂loss/∂centers. */
  readonly centerGradients: number[][];
  /** The statistics after the batch, and the parameters beside the centers as they were, by name. */
  readonly state: Readonly<Record<string, StateValue>>;
  /** Gradients of the loss's parameters beside the centers, by name. */
  readonly parameterGradients: Readonly<Record<string, StateValue>>;
};

/**
 * A loss and its gradients for plain arrays, computed in f32 by the graph that training uses: for checking other
 * implementations against this one.
 *
 * @throws {ShapeError} for rows of different lengths, or a label outside [0, identities).
 * @throws {OptionError} for an unknown loss, a number outside the loss's range, a name in `state` that the loss does
 *   not have, or an element that is not finite in f32.
 */
export async function evaluateLoss(evaluation: LossEvaluation): Promise<EvaluatedLoss> {
  requireObject("evaluation of a loss", evaluation);
  requireObject("loss", evaluation.loss);
  const loss = "build" in evaluation.loss ? evaluation.loss : createLoss(evaluation.loss);
  const x = matrix("embeddings", evaluation.embeddings);
  const w = matrix("centers", evaluation.centers);
  const built = buildForArrays(loss, x.shape, w.shape);
  const labels = requireLabels(evaluation.labels, x.shape[0], built.identityCount);
  const means = evaluation.means === undefined ? undefined : matrix("means", evaluation.means);
  if (means !== undefined && means.shape.join() !== w.shape.join()) {
    throw new ShapeError(`means: got [${means.shape}], expected [${w.shape}], as the centers`);
  }
  const given = {
    ...(means === undefined || !built.has("means") ? {} : { means: evaluation.means }),
    ...evaluation.state,
  };
  // Loaded here, so that a list of the losses needs no engine.
  const { compile, runOn } = await import("../../compiler/runtime/index.ts");
  // One thread: as fast at these sizes, and sums have the same order on every machine.
  const { session } = await compile({ name: "evaluateLoss", outputs: built.outputs }, { threads: 1 });
  try {
    const state = built.stateTensors(given);
    const results = await runOn(session, {
      embeddings: x,
      [CENTERS]: w,
      labels,
      [NOISE]: noiseTensor(evaluation.noise, x.shape[0]),
      ...state,
    });
    return {
      loss: at(floats(results, "loss"), 0),
      embeddingGradients: rows(floats(results, "dx"), x.shape),
      centerGradients: built.hasCenters
        ? rows(floats(results, "dw"), w.shape)
        : rows(new Float32Array(w.data.length), w.shape),
      state: {
        ...built.nested(results, "next/", built.statistics),
        ...built.nested(state, "", built.parameters),
      },
      parameterGradients: built.nested(results, "d/", built.parameters),
    };
  } finally {
    await session.close();
  }
}

/** The graph of a loss for arrays of given sizes. */
function buildForArrays(loss: FaceLoss, [batchSize, size]: MatrixShape, [centerCount, centerSize]: MatrixShape) {
  if (size !== centerSize) {
    throw new ShapeError(
      `centers: got embeddings of size ${size} and centers of size ${centerSize}, expected one size`,
    );
  }
  const embeddings = input("embeddings", "f32", [batchSize, size]);
  const labels = input("labels", "i32", [batchSize]);
  const buildFor = (identityCount: number) => {
    const store = new Scope(true);
    const scope = new WholeLossScope({ embeddings, labels, identityCount, store, hasStepInputs: false });
    return { store, scope, value: buildLoss(loss, scope), identityCount };
  };
  // How many centers an identity has is known once the loss has asked for them.
  const perIdentity = buildFor(centerCount).scope.centersPerIdentity || 1;
  if (centerCount % perIdentity !== 0) {
    throw new ShapeError(`centers: got ${centerCount} rows, expected ${perIdentity} for each identity`);
  }
  const { store, value, identityCount } = buildFor(centerCount / perIdentity);
  const centers = store.parameters.find(({ name }) => name === CENTERS);
  const parameters = store.parameters.filter(({ name }) => name !== CENTERS);
  const { statistics } = store;
  const values = [embeddings, ...(centers === undefined ? [] : [centers.value]), ...parameters.map((p) => p.value)];
  const found = new Map(gradients(value, values).map((gradient, i) => [values[i], gradient]));
  const outputs: Record<string, Value> = { loss: value };
  const addGradient = (name: string, of: Value) => {
    const gradient = found.get(of);
    if (gradient !== undefined) outputs[name] = gradient;
  };
  addGradient("dx", embeddings);
  if (centers !== undefined) addGradient("dw", centers.value);
  for (const parameter of parameters) addGradient(`d/${parameter.name}`, parameter.value);
  for (const { name, next } of statistics) outputs[`next/${name}`] = next;
  const kept: readonly (Parameter | Statistic)[] = [...parameters, ...statistics];
  return {
    identityCount,
    outputs,
    parameters,
    statistics,
    hasCenters: centers !== undefined,
    has: (name: string) => kept.some((tensor) => tensor.name === name),
    stateTensors: (given: Readonly<Record<string, StateValue | undefined>>) => stateTensors(loss.name, kept, given),
    nested: (results: Tensors, prefix: string, tensors: readonly (Parameter | Statistic)[]) =>
      Object.fromEntries(tensors.map(({ name, shape }) => [name, nest(floats(results, prefix + name), shape)])),
  };
}

type MatrixShape = readonly [number, number];

/** Statistics and parameters of a loss: those given, and first values for the others. */
function stateTensors(
  loss: string,
  kept: readonly (Parameter | Statistic)[],
  given: Readonly<Record<string, StateValue | undefined>>,
): Tensors {
  for (const name of Object.keys(given)) {
    if (kept.some((tensor) => tensor.name === name)) continue;
    const names = kept.map((tensor) => tensor.name).join(", ");
    throw new OptionError(`state: got '${name}', but ${loss} keeps ${names === "" ? "no state" : names}`);
  }
  return Object.fromEntries(
    kept.map(({ name, shape, initializer }): [string, Tensor] => {
      const value = given[name];
      const count = shape.reduce((product, size) => product * size, 1);
      if (value === undefined)
        return [name, { type: "f32", shape, data: initializer(shape, random(0, "initialize", name)) }];
      const data = Float32Array.from(typeof value === "number" ? [value] : flat(value));
      if (data.length !== count) {
        throw new ShapeError(`state: ${name}: got ${data.length} numbers, expected [${shape}]`);
      }
      requireFinite(`state: ${name}`, data);
      return [name, { type: "f32", shape, data }];
    }),
  );
}

function flat(value: ArrayLike<number> | Rows): number[] {
  return Array.from(value as ArrayLike<number | ArrayLike<number>>).flatMap((item) =>
    typeof item === "number" ? [item] : Array.from(item),
  );
}

/** A number for the shape [], a list for one axis, rows for two. */
function nest(data: Float32Array, shape: readonly number[]): StateValue {
  const [count, ...others] = shape;
  if (count === undefined) return at(data, 0);
  return others.length === 0 ? Array.from(data) : rows(data, [count, data.length / count]);
}

function noiseTensor(noise: ArrayLike<number> | undefined, batchSize: number): Tensor {
  const data = noise === undefined ? new Float32Array(batchSize) : Float32Array.from(Array.from(noise));
  if (data.length !== batchSize) {
    throw new ShapeError(`noise: got ${data.length} numbers for ${batchSize} embeddings, expected one each`);
  }
  requireFinite("noise", data);
  return { type: "f32", shape: [batchSize, 1], data };
}

function requireFinite(what: string, data: Float32Array): void {
  const index = data.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) throw new OptionError(`${what}[${index}] is not finite in f32, expected finite numbers`);
}

function matrix(name: string, given: Rows): Tensor & { readonly shape: MatrixShape; readonly data: Float32Array } {
  const size = given[0]?.length ?? 0;
  if (size === 0) throw new ShapeError(`${name}: got no ${name}, expected at least one row of at least one number`);
  const data = new Float32Array(given.length * size);
  for (const [i, row] of given.entries()) {
    if (row.length !== size) {
      throw new ShapeError(`${name}[${i}] has ${row.length} numbers, expected ${size} as in row 0`);
    }
    for (const [k, given] of Array.from(row).entries()) {
      const value = Math.fround(given);
      if (!Number.isFinite(value)) {
        throw new OptionError(`${name}[${i}][${k}] is not finite in f32, expected finite numbers`);
      }
      data[i * size + k] = value;
    }
  }
  return { type: "f32", shape: [given.length, size], data };
}

function requireLabels(labels: ArrayLike<number>, batchSize: number, identityCount: number): Tensor {
  if (labels.length !== batchSize) {
    throw new ShapeError(`labels: got ${labels.length} labels for ${batchSize} embeddings, expected one each`);
  }
  for (const [i, label] of Array.from(labels).entries()) {
    if (Number.isInteger(label) && label >= 0 && label < identityCount) continue;
    throw new ShapeError(`labels[${i}] is ${label}, expected a whole number in [0, ${identityCount})`);
  }
  return { type: "i32", shape: [batchSize], data: Int32Array.from(Array.from(labels)) };
}

function rows(data: Float32Array, [count, size]: MatrixShape): number[][] {
  return Array.from({ length: count }, (_, i) => Array.from(data.subarray(i * size, (i + 1) * size)));
}
