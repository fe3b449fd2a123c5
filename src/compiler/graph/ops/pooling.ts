/** Pooling over windows of [batch, channels, height, width]. */
import { apply, defineOp, type One, type Sample } from "../op.ts";
import { fixedSize, requireRank } from "../shape.ts";
import { constant, fill, type TensorType, type Value } from "../value.ts";
import { add, div, mul } from "./arithmetic.ts";
import { convInputGradient } from "./convolution/convolution.ts";
import { cast } from "./elementwise.ts";
import { pad, slice } from "./layout.ts";
import { reduceMean } from "./reduction.ts";
import { equal } from "./selection.ts";
import { type Borders, positionCounts, type Spatial, slidingOf } from "./window.ts";

/** Window size and step, [vertical, horizontal]; padding as [top, left, bottom, right]. */
export type PoolOptions = {
  readonly kernel: Spatial;
  readonly stride?: Spatial;
  readonly padding?: Borders;
};
type PoolAttributes = Required<PoolOptions>;

function complete({ kernel, stride = kernel, padding = [0, 0, 0, 0] }: PoolOptions): PoolAttributes {
  return { kernel, stride, padding };
}

const poolRule =
  (name: string) =>
  ([x]: readonly [TensorType], options: PoolAttributes): readonly [TensorType] => {
    const [batch, channels, height, width] = requireRank(name, x, 4);
    const size = [fixedSize(name, height), fixedSize(name, width)] as const;
    const refusal = `${name}: got [${x.shape}], expected at least the window [${options.kernel}]`;
    return [
      { type: x.type, shape: [batch, channels, ...positionCounts(size, options.kernel, slidingOf(options), refusal)] },
    ];
  };

const poolSamples = (step: number): Sample<PoolAttributes>[] =>
  [complete({ kernel: [2, 2] }), complete({ kernel: [3, 2], stride: [2, 1], padding: [1, 0, 1, 1] })].map(
    (attributes) => ({ inputs: [{ shape: [2, 2, 4, 4] }], attributes, precision: "f32", step }),
  );

const onnxAttributes = ({ kernel, stride, padding }: PoolAttributes) => ({
  kernel_shape: kernel,
  strides: stride,
  pads: padding,
});

/** Channels and spatial size of a feature map. */
function extentOf(what: string, { shape }: Value): { readonly channels: number; readonly size: Spatial } {
  return {
    channels: fixedSize(what, shape[1]),
    size: [fixedSize(what, shape[2]), fixedSize(what, shape[3])],
  };
}

const averagePoolOp = defineOp<One, PoolAttributes>({
  name: "averagePool",
  infer: poolRule("averagePool"),
  emit: (onnx, inputs, { attributes }) => [
    onnx.node("AveragePool", inputs, { ...onnxAttributes(attributes), count_include_pad: 1 }),
  ],
  // A depthwise convolution with equal weights, so its gradient is that of one.
  vjp: ({ inputs: [x], dy, attributes: { kernel, stride, padding } }) => {
    const { channels, size } = extentOf("averagePool", x);
    const weights = fill([channels, 1, ...kernel], 1 / (kernel[0] * kernel[1]), x.type);
    return [convInputGradient(dy, weights, size, { stride, padding, groups: channels })];
  },
  samples: () => poolSamples(0.25),
});
/** Mean of each window, zeros of the padding counted. */
export const averagePool = (x: Value, options: PoolOptions): Value => apply(averagePoolOp, [x], complete(options));

/** Below every value of a feature map: the border of a maximum is filled with it. */
const LOWEST = -3e38;

const maxPoolOp = defineOp<One, PoolAttributes>({
  name: "maxPool",
  infer: poolRule("maxPool"),
  emit: (onnx, inputs, { attributes }) => [onnx.node("MaxPool", inputs, onnxAttributes(attributes))],
  // Position by position of the window: where x equals the maximum, it gets the window's gradient; ties share it.
  vjp: ({ inputs: [x], y, dy, attributes: { kernel, stride, padding } }) => {
    const bordered = border(x, padding, LOWEST);
    const { channels, size } = extentOf("maxPool", x);
    const { size: outputSize } = extentOf("maxPool", y);
    const positions = Array.from({ length: kernel[0] * kernel[1] }, (_, i) => i);
    const hits = positions.map((i) => {
      const [row, column] = [Math.floor(i / kernel[1]), i % kernel[1]];
      const rows = slice(bordered, { axis: 2, start: row, size: outputSize[0], step: stride[0] });
      const view = slice(rows, { axis: 3, start: column, size: outputSize[1], step: stride[1] });
      return cast(equal(view, y), x.type);
    });
    const hitCount = hits.reduce((sum, hit) => add(sum, hit));
    const share = div(dy, hitCount);
    const parts = hits.map((hit, i) => {
      // A depthwise kernel with a single one moves the gradient back to this position of the window.
      const weights = Float32Array.from({ length: channels * hits.length }, (_, j) => (j % hits.length === i ? 1 : 0));
      const kernels = cast(constant(weights, [channels, 1, ...kernel]), x.type);
      return convInputGradient(mul(share, hit), kernels, size, { stride, padding, groups: channels });
    });
    return [parts.reduce((sum, part) => add(sum, part))];
  },
  samples: () => poolSamples(1e-3),
});
/** Largest element of each window. */
export const maxPool = (x: Value, options: PoolOptions): Value => apply(maxPoolOp, [x], complete(options));

/** x with a border of one value. */
function border(x: Value, [top, left, bottom, right]: Borders, value: number): Value {
  const tall = pad(x, { axis: 2, before: top, after: bottom, value });
  return pad(tall, { axis: 3, before: left, after: right, value });
}

/** Mean over height and width: [batch, channels]. */
export const globalAveragePool = (x: Value): Value => reduceMean(x, { axes: [2, 3] });
