/** Elementwise functions, comparisons and reductions from ONNX. */
import { ModelError } from "../../../base/core/index.ts";
import {
  abs,
  acos,
  add,
  argMax,
  clip,
  cos,
  div,
  equal,
  exp,
  fixedSize,
  floor,
  greater,
  greaterOrEqual,
  l2Norm,
  log,
  maximum,
  minimum,
  mul,
  neg,
  normalizeAxis,
  type Operand,
  pow,
  prelu,
  type ReduceOptions,
  reducedShape,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  scalar,
  sigmoid,
  sign,
  sin,
  slice,
  softplus,
  sqrt,
  stopGradient,
  sub,
  tanh,
  type Value,
  where,
} from "../../graph/index.ts";
import { functionImporters, unary } from "./functions.ts";
import type { Importer, ImportNode } from "./node.ts";
import { reshapeImported } from "./node.ts";
import { reversed } from "./rearrange.ts";

const binary =
  (apply: (a: Operand, b: Operand) => Value): Importer =>
  (node) =>
    apply(node.value(0), node.value(1));

/** Ops of any number of inputs. */
const chain =
  (apply: (a: Operand, b: Operand) => Value) =>
  (node: ImportNode): Value => {
    const [first, ...rest] = node.values();
    return rest.reduce<Value>((result, value) => apply(result, value), first ?? node.value(0));
  };

const sum = chain(add);

/** One number given as an input, or as an attribute in older opsets; undefined if it is left out. */
function bound(node: ImportNode, name: string, index: number): number | undefined {
  const given = node.attribute(name) ?? node.numbers(index)?.[0];
  return given === undefined || typeof given === "number" ? given : node.fail(`expected '${name}' to be a number`);
}

const clipImporter: Importer = (node) => {
  const x = node.value(0);
  const [low, high] = [bound(node, "min", 1), bound(node, "max", 2)];
  if (low !== undefined && high !== undefined) return clip(x, low, high);
  if (low !== undefined) return maximum(x, low);
  return high === undefined ? x : minimum(x, high);
};

const hardSigmoid = (x: Value, alpha: number, beta: number): Value => clip(add(mul(x, alpha), beta), 0, 1);

const power: Importer = (node) => {
  const exponents = node.numbers(1) ?? [];
  const [exponent, ...others] = new Set(exponents);
  if (exponent === undefined || others.length > 0) return node.fail("expected one exponent for all elements");
  return pow(node.value(0), exponent);
};

/**
 * Axes and `keepdims`; opset 18 (13 for the sum) made the axes an input. Undefined where nothing is reduced: without
 * axes, and with `noop_with_empty_axes`.
 */
function reduceOptions(node: ImportNode): ReduceOptions | undefined {
  const axes = node.integersOrInput("axes", 1);
  const keepDims = node.integer("keepdims", 1) !== 0;
  const isAll = axes === undefined || axes.length === 0;
  if (isAll && node.integer("noop_with_empty_axes", 0) !== 0) return undefined;
  return isAll ? { keepDims } : { axes, keepDims };
}

/** `each` is applied to the elements where nothing is reduced. */
const reduction =
  (reduce: (x: Value, options: ReduceOptions) => Value, each: (x: Value) => Value = (x) => x): Importer =>
  (node) => {
    const options = reduceOptions(node);
    return options === undefined ? each(node.value(0)) : reduce(node.value(0), options);
  };

const square = (x: Value): Value => mul(x, x);

function euclideanNorm(x: Value, options: ReduceOptions): Value {
  const [axis, ...others] = options.axes ?? [];
  const isLast =
    axis !== undefined && others.length === 0 && normalizeAxis("ReduceL2", axis, x.shape.length) === x.shape.length - 1;
  return isLast && options.keepDims ? l2Norm(x) : sqrt(reduceSum(square(x), options));
}

/** The index of the largest element; of `sign` −1, of the smallest. */
const argMaxImporter =
  (sign: 1 | -1): Importer =>
  (node) => {
    const given = node.value(0);
    const x = sign === 1 ? given : neg(given);
    const axis = normalizeAxis(node.opType, node.integer("axis", 0), x.shape.length);
    const isLast = node.integer("select_last_index", 0) !== 0;
    const length = isLast ? fixedSize(node.opType, x.shape[axis]) : 0;
    // The last of equal elements is the first from the other end.
    const y = isLast ? sub(scalar(length - 1, "i64"), argMax(reversed(x, axis), axis)) : argMax(x, axis);
    return node.integer("keepdims", 1) === 0 ? y : reshapeImported(y, reducedShape(x.shape, [axis], true));
  };

/** ln Σ eˣ, with the maximum subtracted. */
function logSumExp(x: Value, options: ReduceOptions): Value {
  const highest = stopGradient(reduceMax(x, { ...options, keepDims: true }));
  const sum = log(reduceSum(exp(sub(x, highest)), options));
  return add(sum, options.keepDims ? highest : reshape(highest, sum.shape));
}

/** Most elements that are multiplied one after the other. */
const MOST_FACTORS = 4096;

/** The product over each axis, one element after the other. */
function product(x: Value, { axes, keepDims = false }: ReduceOptions): Value {
  const all = (axes ?? x.shape.map((_, axis) => axis)).map((axis) => normalizeAxis("ReduceProd", axis, x.shape.length));
  const kept = all.reduce((value, axis) => {
    const length = fixedSize("ReduceProd", value.shape[axis]);
    if (!(length <= MOST_FACTORS)) {
      throw new ModelError(`multiplies ${length} elements, expected at most ${MOST_FACTORS}`);
    }
    const parts = Array.from({ length }, (_, start) => slice(value, { axis, start, size: 1 }));
    return parts.reduce((left, right) => mul(left, right));
  }, x);
  return keepDims ? kept : reshape(kept, reducedShape(x.shape, all, false));
}

/** Importers by op type. */
export const elementwiseImporters: readonly (readonly [string, Importer])[] = [
  ["Abs", unary(abs)],
  ["Acos", unary(acos)],
  ["Cos", unary(cos)],
  ["Exp", unary(exp)],
  ["Floor", unary(floor)],
  ["Log", unary(log)],
  ["Neg", unary(neg)],
  ["Reciprocal", unary((x) => div(1, x))],
  ["Relu", unary(relu)],
  ["Sigmoid", unary(sigmoid)],
  ["Sign", unary(sign)],
  ["Sin", unary(sin)],
  ["Softplus", unary(softplus)],
  ["Sqrt", unary(sqrt)],
  ["Tanh", unary(tanh)],
  ["Pow", power],
  ["Clip", clipImporter],
  ["HardSigmoid", (node) => hardSigmoid(node.value(0), node.float("alpha", 0.2), node.float("beta", 0.5))],
  ["HardSwish", unary((x) => mul(x, hardSigmoid(x, 1 / 6, 0.5)))],
  ["LeakyRelu", (node) => prelu(node.value(0), scalar(node.float("alpha", 0.01), node.value(0).type))],
  ["PRelu", (node) => prelu(node.value(0), node.value(1))],
  ["Add", binary(add)],
  ["Sub", binary(sub)],
  ["Mul", binary(mul)],
  ["Div", binary(div)],
  ["Sum", sum],
  ["Max", chain(maximum)],
  ["Min", chain(minimum)],
  ["Mean", (node) => div(sum(node), node.inputCount)],
  ["Equal", binary(equal)],
  ["Greater", binary(greater)],
  ["GreaterOrEqual", binary(greaterOrEqual)],
  ["Less", binary((a, b) => greater(b, a))],
  ["LessOrEqual", binary((a, b) => greaterOrEqual(b, a))],
  ["Where", (node) => where(node.value(0), node.value(1), node.value(2))],
  ["ReduceMean", reduction(reduceMean)],
  ["ReduceSum", reduction(reduceSum)],
  ["ReduceMax", reduction(reduceMax)],
  ["ReduceMin", reduction((x, options) => neg(reduceMax(neg(x), options)))],
  ["ReduceSumSquare", reduction((x, options) => reduceSum(square(x), options), square)],
  ["ReduceL1", reduction((x, options) => reduceSum(abs(x), options), abs)],
  ["ReduceL2", reduction(euclideanNorm, abs)],
  ["ReduceLogSum", reduction((x, options) => log(reduceSum(x, options)), log)],
  ["ReduceLogSumExp", reduction(logSumExp)],
  ["ReduceProd", reduction(product)],
  ["ArgMax", argMaxImporter(1)],
  ["ArgMin", argMaxImporter(-1)],
  ...functionImporters,
];
