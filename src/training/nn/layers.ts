/**
 * Layers: functions of a value, a name, sizes and a scope. Feature maps are f32[batch, channels, height, width]. A
 * layer takes its parameters from the scope under `<name>.…`, so names must be unique within a network.
 */
import { requireFields, requireKnownKeys } from "../../base/core/index.ts";
import {
  add,
  batchNorm,
  batchNormTraining,
  conv2d,
  elementCount,
  fixedSize,
  matmul,
  mul,
  prelu,
  requireTensor,
  reshape,
  type Value,
} from "../../compiler/graph/index.ts";
import { constantly, type Initializer } from "./initializers.ts";
import type { Scope } from "./scope.ts";

/**
 * A bias: its initializer, a factor of the learning rate (default 1) and whether weight decay applies (default true).
 */
export type LayerBias = {
  readonly initializer: Initializer;
  readonly learningRateFactor?: number;
  readonly decay?: boolean;
};

/** Sizes and initializers of a convolution. */
export type ConvolutionLayer = {
  /** Channels of the output. */
  readonly outputs: number;
  /** Side of the kernel, or [height, width]. */
  readonly kernel: number | readonly [number, number];
  /** Default 1. */
  readonly stride?: number;
  /** Zeros on each side; default 0. */
  readonly padding?: number;
  /** Groups of channels; as many as channels make a depthwise convolution. Default 1. */
  readonly groups?: number;
  readonly weights: Initializer;
  /** One bias per output channel; default: no bias. */
  readonly bias?: LayerBias;
};

/** Sizes and initializers of a fully connected layer. */
export type FullyConnectedLayer = {
  readonly outputs: number;
  readonly weights: Initializer;
  /** One bias per output; default: no bias. */
  readonly bias?: LayerBias;
};

/** Options of a batch normalization. */
export type BatchNormOptions = {
  /** Added to the variance; default 1e-5, as in PyTorch. */
  readonly epsilon?: number;
  /** Keep the scale at 1; default false. */
  readonly freezeScale?: boolean;
};

/**
 * Convolution of a feature map; parameters `<name>.weight` [outputs, channels/groups, kernel, kernel] and `<name>.bias`
 * [outputs].
 */
export function convolution(x: Value, name: string, layer: ConvolutionLayer, scope: Scope): Value {
  requireTensor("input", x);
  requireFields("convolution", layer, { outputs: "a number", weights: "a function" });
  requireFields("scope", scope, { parameter: "a function" });
  const { outputs, kernel, stride = 1, padding = 0, groups = 1, weights, bias } = layer;
  const [height, width] = typeof kernel === "number" ? [kernel, kernel] : kernel;
  const channels = fixedSize(name, x.shape[1]);
  const w = scope.parameter(`${name}.weight`, [outputs, channels / groups, height, width], weights);
  const options = { stride: [stride, stride], padding: [padding, padding, padding, padding], groups } as const;
  if (bias === undefined) return conv2d(x, w, options);
  return conv2d(x, w, { ...options, bias: scope.parameter(`${name}.bias`, [outputs], bias.initializer, bias) });
}

/** Initial slope of a PReLU (He et al., 2015; default of Caffe and PyTorch). */
const INITIAL_SLOPE = 0.25;

/** PReLU with one slope per channel; parameter `<name>.slope`. */
export function preluLayer(x: Value, name: string, scope: Scope): Value {
  requireTensor("input", x);
  requireFields("scope", scope, { parameter: "a function" });
  const channels = fixedSize(name, x.shape[1]);
  const slope = scope.parameter(`${name}.slope`, [channels], constantly(INITIAL_SLOPE));
  return prelu(x, reshape(slope, [channels, ...x.shape.slice(2).map(() => 1)]));
}

/** Share of a new batch in the running statistics (default of PyTorch). */
const STATISTICS_MOMENTUM = 0.1;

/** Batch normalization of the channels; parameters `<name>.weight` and `.bias`, statistics `.mean` and `.variance`. */
export function batchNormLayer(x: Value, name: string, scope: Scope, options: BatchNormOptions = {}): Value {
  requireTensor("input", x);
  requireFields("scope", scope, { parameter: "a function" });
  requireKnownKeys("options of batchNormLayer", options, { epsilon: true, freezeScale: true });
  const { epsilon = 1e-5, freezeScale = false } = options;
  const channels = fixedSize(name, x.shape[1]);
  const scale = scope.parameter(`${name}.weight`, [channels], constantly(1), { frozen: freezeScale });
  const shift = scope.parameter(`${name}.bias`, [channels], constantly(0));
  if (!scope.training) {
    const mean = scope.statistic(`${name}.mean`, [channels], constantly(0), (old) => old);
    const variance = scope.statistic(`${name}.variance`, [channels], constantly(1), (old) => old);
    return batchNorm(x, { scale, shift, mean, variance }, epsilon);
  }
  const [y, mean, variance] = batchNormTraining(x, scale, shift, epsilon);
  const count = elementCount(x.shape) / channels;
  // The running variance is unbiased, as in PyTorch.
  const unbiased = mul(variance, count / Math.max(count - 1, 1));
  const blend = (old: Value, fresh: Value) => add(mul(old, 1 - STATISTICS_MOMENTUM), mul(fresh, STATISTICS_MOMENTUM));
  scope.statistic(`${name}.mean`, [channels], constantly(0), (old) => blend(old, mean));
  scope.statistic(`${name}.variance`, [channels], constantly(1), (old) => blend(old, unbiased));
  return y;
}

/** Fully connected layer on all elements of each image; parameters `<name>.weight` [outputs, inputs] and `.bias`. */
export function fullyConnected(x: Value, name: string, layer: FullyConnectedLayer, scope: Scope): Value {
  requireTensor("input", x);
  requireFields("fully connected layer", layer, { outputs: "a number", weights: "a function" });
  requireFields("scope", scope, { parameter: "a function" });
  const [batch = 1, ...rest] = x.shape;
  const inputs = elementCount(rest);
  const w = scope.parameter(`${name}.weight`, [layer.outputs, inputs], layer.weights);
  const y = matmul(reshape(x, [batch, inputs]), w, { transposeB: true });
  if (layer.bias === undefined) return y;
  return add(y, scope.parameter(`${name}.bias`, [layer.outputs], layer.bias.initializer, layer.bias));
}
