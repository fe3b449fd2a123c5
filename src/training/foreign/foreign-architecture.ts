/**
 * An ONNX file of somebody else as an architecture: a function from images to embeddings that takes the file's tensors
 * from a scope, as the networks of this project take theirs. Nodes are ops with gradients since the file was read, so
 * building is a rewrite of its graph on other inputs.
 */
import { ModelError } from "../../base/core/index.ts";
import {
  type Attribute,
  type Attributes,
  add,
  applyOp,
  batchNormTraining,
  type Dim,
  elementCount,
  graphInputs,
  matchBatchNorm,
  mul,
  opOf,
  outputValues,
  reshape,
  rewriteValues,
  type Value,
} from "../../compiler/graph/index.ts";
import type { OnnxModel } from "../../compiler/onnx/index.ts";
import type { Architecture, Scope } from "../nn/index.ts";
import { planLayers } from "./layer-plan.ts";
import { type ForeignTraining, type TensorRule, trainingRules } from "./training-rules.ts";

/** A file that was read for any number of images, with the embedding as its only output. */
export type ForeignModel = {
  /** Name of the network. */
  readonly name: string;
  readonly model: OnnxModel;
  readonly inputSize: readonly [number, number];
  readonly embeddingSize: number;
  /** Name of the images' input in the file. */
  readonly inputName: string;
};

/** Prefix of the file's tensors in a training state: a file may call a tensor as a training step calls an input. */
const PREFIX = "file/";

/** Name in a training state of a tensor of the file. */
export const stateNameOf = (name: string): string => PREFIX + name;

/** Share of a new batch in running statistics, as in this project's own layers. */
const STATISTICS_MOMENTUM = 0.1;

/**
 * The architecture of a file.
 * @throws {ModelError} for a file with nothing to train; {OptionError} for a group or pattern that nothing matches.
 */
export function foreignArchitecture(file: ForeignModel, training: ForeignTraining): Architecture {
  const { name, model, inputSize, embeddingSize, inputName } = file;
  const [embedding] = outputValues(model.graph);
  const images = graphInputs(model.graph).get(inputName);
  if (embedding === undefined || images === undefined) {
    throw new ModelError(`model: its embedding does not depend on the input '${inputName}'`);
  }
  const plan = planLayers(images, embedding, new Set([...model.parameters.values()].map(({ value }) => value)));
  const rules = trainingRules(model, plan, training);
  if ([...rules.values()].every(({ frozen }) => frozen)) {
    throw new ModelError("model: no weights are left to train: freeze less of it");
  }
  return {
    name,
    inputSize,
    embeddingSize,
    source: "an ONNX file",
    build: (x, scope) => {
      const tensors = scopeTensors(model, rules, scope);
      const y = rebuild(embedding, { images, x, tensors, scope });
      return y.shape.length === 2 ? y : reshape(y, [...x.shape.slice(0, 1), embeddingSize]);
    },
  };
}

/** A tensor of the file in a scope; statistics that follow a batch are defined when it is known. */
type ScopeTensor = { readonly value: Value; readonly follow?: (fresh: Value) => void };

/** The file's tensors by their values in its graph, in the file's order. */
function scopeTensors(
  { parameters }: OnnxModel,
  rules: ReadonlyMap<string, TensorRule>,
  scope: Scope,
): ReadonlyMap<Value, ScopeTensor> {
  const tensors = new Map<Value, ScopeTensor>();
  for (const [name, { value, data }] of parameters) {
    const rule = rules.get(name);
    if (rule === undefined || value.type !== "f32") continue;
    const shape = value.shape.map(Number);
    const own = (): Float32Array => Float32Array.from(data as Float32Array);
    if (!rule.isStatistic) {
      tensors.set(value, { value: scope.parameter(stateNameOf(name), shape, own, rule) });
    } else if (!scope.training) {
      tensors.set(value, { value: scope.statistic(stateNameOf(name), shape, own, (old) => old) });
    } else {
      const follow = (fresh: Value): void => {
        scope.statistic(stateNameOf(name), shape, own, (old) =>
          add(mul(old, 1 - STATISTICS_MOMENTUM), mul(fresh, STATISTICS_MOMENTUM)),
        );
      };
      tensors.set(value, { value, follow });
    }
  }
  return tensors;
}

type Rebuilding = {
  readonly images: Value;
  readonly x: Value;
  readonly tensors: ReadonlyMap<Value, ScopeTensor>;
  readonly scope: Scope;
};

/** The file's graph on other images, of a number that may be fixed, with its tensors from a scope. */
function rebuild(embedding: Value, { images, x, tensors, scope }: Rebuilding): Value {
  const [openSize = "", count = ""] = [images.shape[0], x.shape[0]];
  const [result = embedding] = rewriteValues([embedding], (node, inputs) => {
    const [output] = node.outputs;
    if (output === images) return [x];
    const tensor = output && tensors.get(output);
    if (tensor !== undefined) return [tensor.value];
    const norm = scope.training ? matchBatchNorm(node, inputs) : undefined;
    if (norm !== undefined) {
      const [features, scale, shift, mean, variance] = norm.inputs;
      const [followMean, followVariance] = [tensors.get(mean)?.follow, tensors.get(variance)?.follow];
      if (followMean !== undefined && followVariance !== undefined) {
        const [y, freshMean, freshVariance] = batchNormTraining(features, scale, shift, norm.attributes.epsilon);
        const size = elementCount(features.shape) / elementCount(scale.shape);
        followMean(freshMean);
        // The running variance is unbiased, as in PyTorch.
        followVariance(mul(freshVariance, size / Math.max(size - 1, 1)));
        return [y];
      }
    }
    const op = opOf(node.op);
    if (op === undefined || inputs.every((value, i) => value === node.inputs[i])) return undefined;
    return applyOp(op, inputs, withSize(node.attributes, openSize, count));
  });
  return result;
}

/** Settings with a number for a size that had a name. */
function withSize(attributes: Attributes, name: Dim, size: Dim): Attributes {
  const replace = (value: Attribute | undefined): Attribute | undefined =>
    Array.isArray(value) ? value.map((item: Dim) => (item === name ? size : item)) : value;
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, replace(value)]));
}
