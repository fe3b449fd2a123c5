/** Functions of one number, and normalizations, that ONNX has as one op and this project writes in several. */
import {
  abs,
  acos,
  add,
  concat,
  cos,
  div,
  erf,
  exp,
  fixedSize,
  floor,
  greater,
  log,
  maximum,
  minimum,
  mul,
  neg,
  normalizeAxis,
  pow,
  reduceMean,
  reshape,
  sigmoid,
  sign,
  sin,
  slice,
  softplus,
  sqrt,
  sub,
  tanh,
  type Value,
  where,
} from "../../graph/index.ts";
import type { Importer, ImportNode } from "./node.ts";

/** An importer of an op of one tensor. */
export const unary =
  (apply: (x: Value) => Value): Importer =>
  (node) =>
    apply(node.value(0));

/** x above 0, α(e^(x/β) − 1) below. */
const elu = (x: Value, alpha: number, beta = 1): Value =>
  add(maximum(x, 0), mul(sub(exp(mul(minimum(x, 0), 1 / beta)), 1), alpha));

const selu: Importer = (node) => {
  const alpha = node.float("alpha", 1.6732632423543772);
  return mul(elu(node.value(0), alpha), node.float("gamma", 1.0507009873554805));
};

const celu: Importer = (node) => {
  const alpha = node.float("alpha", 1);
  return elu(node.value(0), alpha, alpha);
};

/** x·Φ(x), with the normal distribution Φ, or its approximation by tanh. */
const gelu: Importer = (node) => {
  const x = node.value(0);
  const inner =
    node.string("approximate", "none") === "tanh"
      ? tanh(mul(add(x, mul(mul(x, mul(x, x)), 0.044715)), Math.sqrt(2 / Math.PI)))
      : erf(mul(x, Math.SQRT1_2));
  return mul(mul(x, 0.5), add(inner, 1));
};

const thresholdedRelu: Importer = (node) => {
  const x = node.value(0);
  return where(greater(x, node.float("alpha", 1)), x, 0);
};

const shrink: Importer = (node) => {
  const x = node.value(0);
  const [bias, limit] = [node.float("bias", 0), node.float("lambd", 0.5)];
  return add(where(greater(x, limit), sub(x, bias), 0), where(greater(neg(x), limit), add(x, bias), 0));
};

const half = (x: Value): Value => mul(x, 0.5);
const sinh = (x: Value): Value => half(sub(exp(x), exp(neg(x))));
const cosh = (x: Value): Value => half(add(exp(x), exp(neg(x))));
const asin = (x: Value): Value => sub(Math.PI / 2, acos(x));
const square = (x: Value): Value => mul(x, x);
// Of |x|, since x + √(x² + 1) has no digits left where x is far below 0.
const asinh = (x: Value): Value => mul(sign(x), log(add(abs(x), sqrt(add(square(x), 1)))));

/** (x − mean) / √(variance + ε) over some axes, with mean and 1 / √(variance + ε). */
function standardized(x: Value, axes: readonly number[], epsilon: number): [y: Value, mean: Value, factor: Value] {
  const mean = reduceMean(x, { axes, keepDims: true });
  const centered = sub(x, mean);
  const factor = pow(add(reduceMean(square(centered), { axes, keepDims: true }), epsilon), -0.5);
  return [mul(centered, factor), mean, factor];
}

/** Over the last axes, from `axis` on. */
const layerNormalization: Importer = (node) => {
  const x = node.value(0);
  const first = normalizeAxis("LayerNormalization", node.integer("axis", -1), x.shape.length);
  const axes = x.shape.flatMap((_, axis) => (axis < first ? [] : [axis]));
  const [y, mean, factor] = standardized(x, axes, node.float("epsilon", 1e-5));
  const scaled = mul(y, node.value(1));
  const shift = node.optional(2);
  return [shift === undefined ? scaled : add(scaled, shift), mean, factor];
};

/** One number a channel → [channels, 1, 1 …], so that it broadcasts to x. */
const perChannel = (value: Value, x: Value): Value =>
  reshape(value, [...value.shape, ...x.shape.slice(2).map(() => 1)]);

const instanceNormalization: Importer = (node) => {
  const x = node.value(0);
  const axes = x.shape.flatMap((_, axis) => (axis < 2 ? [] : [axis]));
  const [y] = standardized(x, axes, node.float("epsilon", 1e-5));
  return add(mul(y, perChannel(node.value(1), x)), perChannel(node.value(2), x));
};

/** Over the channels of a group and all positions. From opset 21 on, scale and shift are one a channel. */
const groupNormalization: Importer = (node) => {
  const x = node.value(0);
  const [batch = 0, channels = 0, ...rest] = x.shape;
  const groups = node.integer("num_groups");
  const grouped = reshape(x, [batch, groups, Number(channels) / groups, ...rest]);
  const axes = grouped.shape.flatMap((_, axis) => (axis < 2 ? [] : [axis]));
  const [y] = standardized(grouped, axes, node.float("epsilon", 1e-5));
  const [scale, shift] = [node.value(1), node.value(2)];
  if (scale.shape[0] === channels) return add(mul(reshape(y, x.shape), perChannel(scale, x)), perChannel(shift, x));
  return reshape(add(mul(y, perChannel(scale, grouped)), perChannel(shift, grouped)), x.shape);
};

/** Added to the deviation by which this op divides, as in its definition. */
const MVN_EPSILON = 1e-9;

const meanVarianceNormalization: Importer = (node) => {
  const x = node.value(0);
  const options = { axes: node.integers("axes") ?? [0, 2, 3], keepDims: true };
  const centered = sub(x, reduceMean(x, options));
  return div(centered, add(sqrt(reduceMean(square(centered), options)), MVN_EPSILON));
};

/** Most slices that are written one by one. */
const MOST_PARTS = 4096;

/** x / (bias + α/n · Σ x² over n channels around)^β. */
const localResponse: Importer = (node) => {
  const x = node.value(0);
  const size = node.integer("size");
  const channels = fixedSize("LRN", x.shape[1]);
  if (!(channels <= MOST_PARTS)) node.fail(`got ${channels} channels, expected at most ${MOST_PARTS}`);
  const squares = square(x);
  const sums = Array.from({ length: channels }, (_, channel) => {
    const start = Math.max(0, channel - Math.floor((size - 1) / 2));
    const end = Math.min(channels, channel + Math.ceil((size - 1) / 2) + 1);
    const near = slice(squares, { axis: 1, start, size: end - start });
    return mul(reduceMean(near, { axes: [1], keepDims: true }), end - start);
  });
  const power = add(mul(concat(sums, 1), node.float("alpha", 1e-4) / size), node.float("bias", 1));
  return mul(x, pow(power, -node.float("beta", 0.75)));
};

/** Importers by op type. */
export const functionImporters: readonly (readonly [string, Importer])[] = [
  ["Elu", (node) => elu(node.value(0), node.float("alpha", 1))],
  ["Selu", selu],
  ["Celu", celu],
  ["Gelu", gelu],
  ["Mish", unary((x) => mul(x, tanh(softplus(x))))],
  ["Swish", (node: ImportNode) => mul(node.value(0), sigmoid(mul(node.value(0), node.float("alpha", 1))))],
  ["ThresholdedRelu", thresholdedRelu],
  ["Shrink", shrink],
  ["Softsign", unary((x) => div(x, add(abs(x), 1)))],
  ["Erf", unary(erf)],
  ["Ceil", unary((x) => neg(floor(neg(x))))],
  ["Tan", unary((x) => div(sin(x), cos(x)))],
  ["Sinh", unary(sinh)],
  ["Cosh", unary(cosh)],
  ["Asin", unary(asin)],
  ["Atan", unary((x) => asin(mul(x, pow(add(square(x), 1), -0.5))))],
  ["Asinh", unary(asinh)],
  ["Acosh", unary((x) => log(add(x, sqrt(sub(square(x), 1)))))],
  ["Atanh", unary((x) => half(log(div(add(x, 1), sub(1, x)))))],
  ["LayerNormalization", layerNormalization],
  ["InstanceNormalization", instanceNormalization],
  ["GroupNormalization", groupNormalization],
  ["MeanVarianceNormalization", meanVarianceNormalization],
  ["LRN", localResponse],
];
