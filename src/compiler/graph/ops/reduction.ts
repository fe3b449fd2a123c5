/** Reductions other than the sum. */
import { apply, defineOp, type One } from "../op.ts";
import { fixedSize, normalizeAxis } from "../shape.ts";
import type { TensorType, Value } from "../value.ts";
import {
  broadcastTo,
  div,
  mul,
  type ReduceAttributes,
  type ReduceOptions,
  reduceAttributes,
  reduceRule,
  reduceSamples,
  reduceSum,
  restoreAxes,
} from "./arithmetic.ts";
import { cast } from "./elementwise.ts";
import { equal } from "./selection.ts";

/** How many elements are reduced to one. */
function reducedCount({ shape }: TensorType, axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * fixedSize("reduceMean", shape[axis]), 1);
}

const reduceMeanOp = defineOp<One, ReduceAttributes>({
  name: "reduceMean",
  infer: reduceRule,
  emit: (onnx, inputs, { attributes: { axes, keepDims } }) => [
    onnx.node("ReduceMean", inputs, { axes, keepdims: Number(keepDims) }),
  ],
  vjp: ({ inputs: [x], dy, attributes: { axes } }) => [
    broadcastTo(div(restoreAxes(dy, x.shape, axes), reducedCount(x, axes)), x.shape),
  ],
  samples: reduceSamples,
});
/** Mean of x over the axes. */
export const reduceMean = (x: Value, options: ReduceOptions = {}): Value =>
  apply(reduceMeanOp, [x], reduceAttributes("reduceMean", x, options));

const reduceMaxOp = defineOp<One, ReduceAttributes>({
  name: "reduceMax",
  infer: reduceRule,
  emit: (onnx, inputs, { attributes: { axes, keepDims } }) => [
    onnx.node("ReduceMax", inputs, { axes, keepdims: Number(keepDims) }),
  ],
  vjp: ({ inputs: [x], y, dy, attributes: { axes } }) => {
    const isMaximum = cast(equal(x, restoreAxes(y, x.shape, axes)), x.type);
    const tieCount = reduceSum(isMaximum, { axes, keepDims: true });
    return [mul(isMaximum, div(restoreAxes(dy, x.shape, axes), tieCount))];
  },
  samples: reduceSamples,
});
/** Maximum of x over the axes; ties share the gradient. */
export const reduceMax = (x: Value, options: ReduceOptions = {}): Value =>
  apply(reduceMaxOp, [x], reduceAttributes("reduceMax", x, options));

const argMaxOp = defineOp<One, { readonly axis: number }>({
  name: "argMax",
  infer: ([{ shape }], { axis }) => [{ type: "i64", shape: shape.toSpliced(axis, 1) }],
  emit: (onnx, inputs, { attributes: { axis } }) => [onnx.node("ArgMax", inputs, { axis, keepdims: 0 })],
  vjp: { none: "an index" },
  samples: () => [{ inputs: [{ shape: [2, 3] }], attributes: { axis: 1 } }],
});
/** Index of the largest element along an axis (the first one on a tie), i64. */
export const argMax = (x: Value, axis: number): Value =>
  apply(argMaxOp, [x], { axis: normalizeAxis("argMax", axis, x.shape.length) });
