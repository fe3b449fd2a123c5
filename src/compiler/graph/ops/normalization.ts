/** Batch normalization (Ioffe & Szegedy, 2015) of [batch, channels, height, width] or [batch, channels]. */
import { ShapeError } from "../../../base/core/index.ts";
import { apply, applyAll, defineOp, matchNode, requireSameType, type Sample } from "../op.ts";
import { fixedSize } from "../shape.ts";
import type { Dim, Node, Shape, TensorType, Value } from "../value.ts";
import { add, div, mul, neg, reduceSum, reshape, sub, sumOfProducts } from "./arithmetic.ts";
import { pow } from "./elementwise.ts";

type BatchNormAttributes = { readonly epsilon: number };

/** Axes that are averaged over: all but the channels'. */
function statisticAxes(shape: Shape): number[] {
  return shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
}

/** [channels] → [channels, 1, 1], so that it broadcasts to x. */
function perChannel(value: Value, x: Value): Value {
  return reshape(value, [...value.shape, ...x.shape.slice(2).map(() => 1)]);
}

/** The size of the channels' axis. @throws {ShapeError} unless each vector has one number a channel. */
function requireChannels(what: string, x: TensorType, vectors: readonly TensorType[]): Dim {
  requireSameType(what, [x, ...vectors]);
  const [, channels] = x.shape;
  if (channels === undefined) throw new ShapeError(`${what}: got x [${x.shape}], expected a channel axis`);
  for (const { shape } of vectors) {
    if (shape.length !== 1 || shape[0] !== channels) {
      throw new ShapeError(`${what}: got [${shape}] for x [${x.shape}], expected one number per channel [${channels}]`);
    }
  }
  return channels;
}

/*
 * With M elements a channel, r = 1/√(var + ε), x̂ = (x − mean)·r and y = scale·x̂ + shift:
 *   dx = scale·r·(dy − Σdy/M − x̂·Σ(dy·x̂)/M) + dmean/M + 2(x − mean)·dvar/M,
 * written as a·dy + b·x + c with one number of each per channel, so that x̂ is never stored.
 */
const trainingOp = defineOp<
  readonly [x: Value, scale: Value, shift: Value],
  BatchNormAttributes,
  readonly [y: Value, mean: Value, variance: Value]
>({
  name: "batchNormTraining",
  infer: ([x, scale, shift]) => {
    const perChannelType = { type: x.type, shape: [requireChannels("batchNormTraining", x, [scale, shift])] };
    return [x, perChannelType, perChannelType];
  },
  /*
   * With momentum 0 the "running" outputs of ONNX are the statistics of this batch. ONNX Runtime writes them over the
   * inputs 3 and 4, so each gets a small tensor that nothing else reads, whose contents do not matter: ±scale.
   */
  emit: (onnx, [x, scale, shift], { attributes: { epsilon } }) => {
    const mean = onnx.node("Neg", [scale]);
    const variance = onnx.node("Abs", [scale]);
    const attributes = { epsilon, momentum: 0, training_mode: 1 };
    return onnx.nodes(["y", "mean", "variance"], "BatchNormalization", [x, scale, shift, mean, variance], attributes);
  },
  vjp: ({
    inputs: [x, scale],
    outputs: [, mean, variance],
    outputGradients: [dy, dMean, dVariance],
    attributes: { epsilon },
  }) => {
    const axes = statisticAxes(x.shape);
    const count = axes.reduce((product, axis) => product * fixedSize("batchNorm", x.shape[axis]), 1);
    const r = pow(add(variance, epsilon), -0.5);
    let b: Value | undefined;
    let c: Value | undefined;
    let dx: Value | undefined;
    let dScale: Value | undefined;
    let dShift: Value | undefined;
    if (dy !== undefined) {
      dShift = reduceSum(dy, { axes });
      const centered = sub(sumOfProducts(dy, x, axes), mul(mean, dShift));
      dScale = mul(centered, r);
      const a = mul(scale, r);
      b = neg(div(mul(a, mul(dScale, r)), count));
      c = neg(add(div(mul(a, dShift), count), mul(b, mean)));
      dx = mul(dy, perChannel(a, x));
    }
    if (dVariance !== undefined) {
      const twice = div(mul(dVariance, 2), count);
      b = b === undefined ? twice : add(b, twice);
      c = c === undefined ? neg(mul(twice, mean)) : sub(c, mul(twice, mean));
    }
    if (dMean !== undefined) c = c === undefined ? div(dMean, count) : add(c, div(dMean, count));
    const parts = [
      ...(dx === undefined ? [] : [dx]),
      ...(b === undefined ? [] : [mul(x, perChannel(b, x))]),
      ...(c === undefined ? [] : [perChannel(c, x)]),
    ];
    // The largest first, so that a lone per-channel number is broadcast by the sum.
    const total = parts.reduce((sum, part) => add(sum, part));
    return [parts.length === 1 && c !== undefined && dx === undefined ? add(mul(x, 0), total) : total, dScale, dShift];
  },
  samples: () => batchNormSamples(2),
});

/**
 * Batch normalization with the statistics of this batch: [y, mean, variance (of the population)]; mean and variance are
 * [channels].
 */
export const batchNormTraining = (
  x: Value,
  scale: Value,
  shift: Value,
  epsilon = 1e-5,
): readonly [y: Value, mean: Value, variance: Value] => applyAll(trainingOp, [x, scale, shift], { epsilon });

type Statistics = readonly [x: Value, scale: Value, shift: Value, mean: Value, variance: Value];

const inferenceOp = defineOp<Statistics, BatchNormAttributes>({
  name: "batchNorm",
  infer: ([x, ...vectors]) => {
    requireChannels("batchNorm", x, vectors);
    return [x];
  },
  emit: (onnx, inputs, { attributes: { epsilon } }) => [onnx.node("BatchNormalization", inputs, { epsilon })],
  vjp: ({ inputs: [x, scale, , mean, variance], dy, attributes: { epsilon } }) => {
    const axes = statisticAxes(x.shape);
    const r = pow(add(variance, epsilon), -0.5);
    const total = reduceSum(dy, { axes });
    const dScale = mul(sub(sumOfProducts(dy, x, axes), mul(mean, total)), r);
    const dMean = neg(mul(mul(scale, r), total));
    const dVariance = mul(mul(mul(dScale, scale), mul(r, r)), -0.5);
    return [mul(dy, perChannel(mul(scale, r), x)), dScale, total, dMean, dVariance];
  },
  samples: () => batchNormSamples(4),
});

/** Batch normalization with given statistics: scale·(x − mean)/√(variance + ε) + shift. */
export const batchNorm = (
  x: Value,
  { scale, shift, mean, variance }: { scale: Value; shift: Value; mean: Value; variance: Value },
  epsilon = 1e-5,
): Value => apply(inferenceOp, [x, scale, shift, mean, variance], { epsilon });

/** A node of `batchNorm`, or the same on other inputs, typed; undefined for other nodes. */
export const matchBatchNorm = (node: Node, inputs?: readonly Value[]) => matchNode(inferenceOp, node, inputs);

/** x, then scale and shift, then mean and variance for inference. */
function batchNormSamples(vectorCount: number): Sample<BatchNormAttributes>[] {
  return [
    [3, 2, 2, 2],
    [5, 2],
  ].map((shape) => ({
    inputs: [{ shape }, ...Array.from({ length: vectorCount }, () => ({ shape: [2], low: 0.5, high: 1.5 }))],
    attributes: { epsilon: 1e-3 },
    precision: "f32",
    step: 1e-2,
  }));
}
