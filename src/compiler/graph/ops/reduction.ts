/** Reductions other than the sum. */
import { apply, attribute, defineOp } from "../op.ts";
import { fixedSize, normalizeAxis } from "../shape.ts";
import type { TensorType, Value } from "../value.ts";
import {
  broadcastTo,
  div,
  mul,
  type ReduceOptions,
  reduceAttributes,
  reduceRule,
  reduceSamples,
  reduceSum,
  restoreAxes,
} from "./arithmetic.ts";
import { cast } from "./elementwise.ts";
import { equal } from "./selection.ts";

/** How many elements fall into one. */
function reducedCount({ shape }: TensorType, axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * fixedSize("reduceMean", shape[axis]), 1);
}

const reduceMeanOp = defineOp({
  name: "reduceMean",
  infer: reduceRule,
  emit: (onnx, inputs, { attributes }) =>
    onnx.node("ReduceMean", inputs, { axes: attributes.axes, keepdims: attributes.keepDims ? 1 : 0 }),
  vjp: ({ inputs: [x], dy, attributes }) => {
    const axes = attribute<number[]>(attributes, "axes");
    return [broadcastTo(div(restoreAxes(dy, x!.shape, axes), reducedCount(x!, axes)), x!.shape)];
  },
  samples: reduceSamples,
});
/** Mean of x over the axes. */
export const reduceMean = (x: Value, options: ReduceOptions = {}): Value =>
  apply(reduceMeanOp, [x], reduceAttributes("reduceMean", x, options));

const reduceMaxOp = defineOp({
  name: "reduceMax",
  infer: reduceRule,
  emit: (onnx, inputs, { attributes }) =>
    onnx.node("ReduceMax", inputs, { axes: attributes.axes, keepdims: attributes.keepDims ? 1 : 0 }),
  vjp: ({ inputs: [x], y, dy, attributes }) => {
    const axes = attribute<number[]>(attributes, "axes");
    const isMaximum = cast(equal(x!, restoreAxes(y, x!.shape, axes)), x!.type);
    const tieCount = reduceSum(isMaximum, { axes, keepDims: true });
    return [mul(isMaximum, div(restoreAxes(dy, x!.shape, axes), tieCount))];
  },
  samples: reduceSamples,
});
/** Maximum of x over the axes; ties share the gradient. */
export const reduceMax = (x: Value, options: ReduceOptions = {}): Value =>
  apply(reduceMaxOp, [x], reduceAttributes("reduceMax", x, options));

const argMaxOp = defineOp({
  name: "argMax",
  infer: ([x], attributes) => [
    { type: "i64", shape: x!.shape.filter((_, axis) => axis !== attribute<number>(attributes, "axis")) },
  ],
  emit: (onnx, inputs, { attributes }) => onnx.node("ArgMax", inputs, { axis: attributes.axis, keepdims: 0 }),
  vjp: { none: "an index" },
  samples: () => [{ inputs: [{ shape: [2, 3] }], attributes: { axis: 1 } }],
});
/** Index of the largest element along an axis (the first one on a tie), i64. */
export const argMax = (x: Value, axis: number): Value =>
  apply(argMaxOp, [x], { axis: normalizeAxis("argMax", axis, x.shape.length) });
