/** Pooling over windows of [batch, channels, height, width]. */
import { ShapeError } from "../../../base/core/index.ts";
import { apply, defineOp, requireRank, type Sample } from "../op.ts";
import { fixedSize } from "../shape.ts";
import { type Attributes, constant, fill, type TensorType, type Value } from "../value.ts";
import { add, div, mul } from "./arithmetic.ts";
import { convInputGradient } from "./convolution.ts";
import { cast } from "./elementwise.ts";
import { pad, slice } from "./layout.ts";
import { reduceMean } from "./reduction.ts";
import { equal } from "./selection.ts";

/** Window size and step, [vertical, horizontal]; padding as [top, left, bottom, right]. */
export type PoolOptions = {
  readonly kernel: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number, number, number];
};
type PoolAttributes = Required<PoolOptions>;

function complete({ kernel, stride = kernel, padding = [0, 0, 0, 0] }: PoolOptions): PoolAttributes {
  return { kernel, stride, padding };
}

function poolRule(name: string): (inputs: readonly TensorType[], attributes: Attributes) => TensorType[] {
  return ([x], attributes) => {
    requireRank(name, x!, 4);
    const { kernel, stride, padding } = attributes as Attributes & PoolAttributes;
    const sizes = [0, 1].map((axis) => {
      const padded = fixedSize(name, x!.shape[axis + 2]) + padding[axis]! + padding[axis + 2]!;
      const size = Math.floor((padded - kernel[axis]!) / stride[axis]!) + 1;
      if (size < 1) throw new ShapeError(`${name}: got [${x!.shape}], expected at least the window [${kernel}]`);
      return size;
    });
    return [{ type: x!.type, shape: [x!.shape[0]!, x!.shape[1]!, ...sizes] }];
  };
}

const poolSamples = (): Sample[] =>
  [complete({ kernel: [2, 2] }), complete({ kernel: [3, 2], stride: [2, 1], padding: [1, 0, 1, 1] })].map(
    (attributes) => ({ inputs: [{ shape: [2, 2, 4, 4] }], attributes, precision: "f32", step: 1e-3 }),
  );

const onnxAttributes = ({ kernel, stride, padding }: PoolAttributes) => ({
  kernel_shape: kernel,
  strides: stride,
  pads: padding,
});

const averagePoolOp = defineOp({
  name: "averagePool",
  infer: poolRule("averagePool"),
  emit: (onnx, inputs, { attributes }) =>
    onnx.node("AveragePool", inputs, {
      ...onnxAttributes(attributes as Attributes & PoolAttributes),
      count_include_pad: 1,
    }),
  // A depthwise convolution with equal weights, so its gradient is that of one.
  vjp: ({ inputs: [x], dy, attributes }) => {
    const { kernel, stride, padding } = attributes as Attributes & PoolAttributes;
    const channels = fixedSize("averagePool", x!.shape[1]);
    const weights = fill([channels, 1, ...kernel], 1 / (kernel[0] * kernel[1]), x!.type);
    const size = [fixedSize("averagePool", x!.shape[2]), fixedSize("averagePool", x!.shape[3])] as const;
    return [convInputGradient(dy, weights, size, { stride, padding, groups: channels })];
  },
  samples: () => poolSamples().map((sample) => ({ ...sample, step: 0.25 })),
});
/** Mean of each window, zeros of the padding counted. */
export const averagePool = (x: Value, options: PoolOptions): Value => apply(averagePoolOp, [x], complete(options));

/** Below every picture's values: what the border of a maximum is filled with. */
const LOWEST = -3e38;

const maxPoolOp = defineOp({
  name: "maxPool",
  infer: poolRule("maxPool"),
  emit: (onnx, inputs, { attributes }) =>
    onnx.node("MaxPool", inputs, onnxAttributes(attributes as Attributes & PoolAttributes)),
  // Position by position of the window: where x equals the maximum, it gets the window's gradient; ties share it.
  vjp: ({ inputs: [x], y, dy, attributes }) => {
    const { kernel, stride, padding } = attributes as Attributes & PoolAttributes;
    const bordered = border(x!, padding, LOWEST);
    const positions = Array.from({ length: kernel[0] * kernel[1] }, (_, i) => [
      Math.floor(i / kernel[1]),
      i % kernel[1],
    ]);
    const hits = positions.map(([row, column]) => {
      const rows = slice(bordered, { axis: 2, start: row!, size: fixedSize("maxPool", y.shape[2]), step: stride[0] });
      const view = slice(rows, { axis: 3, start: column!, size: fixedSize("maxPool", y.shape[3]), step: stride[1] });
      return cast(equal(view, y), x!.type);
    });
    const share = div(
      dy,
      hits.reduce((sum, hit) => add(sum, hit)),
    );
    const channels = fixedSize("maxPool", x!.shape[1]);
    const size = [fixedSize("maxPool", x!.shape[2]), fixedSize("maxPool", x!.shape[3])] as const;
    const parts = hits.map((hit, i) => {
      // A depthwise kernel with a single one puts the gradient back to this position of the window.
      const weights = Float32Array.from({ length: channels * hits.length }, (_, j) => (j % hits.length === i ? 1 : 0));
      const kernels = cast(constant(weights, [channels, 1, ...kernel]), x!.type);
      return convInputGradient(mul(share, hit), kernels, size, { stride, padding, groups: channels });
    });
    return [parts.reduce((sum, part) => add(sum, part))];
  },
  samples: poolSamples,
});
/** Largest element of each window. */
export const maxPool = (x: Value, options: PoolOptions): Value => apply(maxPoolOp, [x], complete(options));

/** x with a border of one value around its pictures. */
function border(x: Value, [top, left, bottom, right]: PoolAttributes["padding"], value: number): Value {
  const tall = pad(x, { axis: 2, before: top, after: bottom, value });
  return pad(tall, { axis: 3, before: left, after: right, value });
}

/** Mean over height and width: [batch, channels]. */
export const globalAveragePool = (x: Value): Value => reduceMean(x, { axes: [2, 3] });
