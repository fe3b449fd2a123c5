/** Layers: functions of a value, sizes and a scope, named as in the papers. Pictures are [batch, channels, height, width]. */
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
  reshape,
  type Value,
} from "../../compiler/graph/index.ts";
import { constantly, type Initializer } from "./initializers.ts";
import type { Scope } from "./scope.ts";

export type ConvolutionLayer = {
  readonly outputs: number;
  readonly kernel: number | readonly [number, number];
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
  readonly weights: Initializer;
  /** First value of a bias per output; no bias by default. */
  readonly bias?: { readonly initializer: Initializer; readonly learningRateFactor?: number; readonly decay?: boolean };
};

/** Convolution; parameters `<name>.weight` [outputs, channels/groups, kernel, kernel] and `<name>.bias` [outputs]. */
export function convolution(x: Value, name: string, layer: ConvolutionLayer, scope: Scope): Value {
  const { outputs, kernel, stride = 1, padding = 0, groups = 1, weights, bias } = layer;
  const [height, width] = typeof kernel === "number" ? [kernel, kernel] : kernel;
  const channels = fixedSize(name, x.shape[1]);
  const w = scope.parameter(`${name}.weight`, [outputs, channels / groups, height, width], weights);
  const options = { stride: [stride, stride], padding: [padding, padding, padding, padding], groups } as const;
  if (bias === undefined) return conv2d(x, w, options);
  return conv2d(x, w, { ...options, bias: scope.parameter(`${name}.bias`, [outputs], bias.initializer, bias) });
}

/** Slope of a fresh PReLU (He et al., 2015; Caffe's and PyTorch's default). */
const INITIAL_SLOPE = 0.25;

/** PReLU with a slope per channel; parameter `<name>.slope`. */
export function preluLayer(x: Value, name: string, scope: Scope): Value {
  const channels = fixedSize(name, x.shape[1]);
  const slope = scope.parameter(`${name}.slope`, [channels], constantly(INITIAL_SLOPE));
  return prelu(x, reshape(slope, [channels, ...x.shape.slice(2).map(() => 1)]));
}

/** Share of a new batch in the running statistics (PyTorch's default). */
const STATISTICS_MOMENTUM = 0.1;

/** Batch normalization of the channels; parameters `<name>.weight` and `.bias`, statistics `.mean` and `.variance`. */
export function batchNormLayer(
  x: Value,
  name: string,
  scope: Scope,
  { epsilon = 1e-5, freezeScale = false }: { epsilon?: number; freezeScale?: boolean } = {},
): Value {
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
  // Running variances are unbiased, as in PyTorch.
  const unbiased = mul(variance, count / Math.max(count - 1, 1));
  const blend = (old: Value, fresh: Value) => add(mul(old, 1 - STATISTICS_MOMENTUM), mul(fresh, STATISTICS_MOMENTUM));
  scope.statistic(`${name}.mean`, [channels], constantly(0), (old) => blend(old, mean));
  scope.statistic(`${name}.variance`, [channels], constantly(1), (old) => blend(old, unbiased));
  return y;
}

/** Fully connected layer on all elements of each picture; parameters `<name>.weight` [outputs, inputs] and `.bias`. */
export function fullyConnected(
  x: Value,
  name: string,
  layer: { outputs: number; weights: Initializer; bias?: ConvolutionLayer["bias"] },
  scope: Scope,
): Value {
  const inputs = elementCount(x.shape.slice(1));
  const w = scope.parameter(`${name}.weight`, [layer.outputs, inputs], layer.weights);
  const y = matmul(reshape(x, [x.shape[0]!, inputs]), w, { transposeB: true });
  if (layer.bias === undefined) return y;
  return add(y, scope.parameter(`${name}.bias`, [layer.outputs], layer.bias.initializer, layer.bias));
}
