/**
 * Convolutions in ONNX Runtime's own layout for them, where the channels come in blocks, one for each lane of a vector
 * register: [batch, channels / lanes, height, width, lanes]. The runtime rewrites a model to it where weights are
 * constants. In training they are not, so the same nodes are written here. They are no part of ONNX: a training step,
 * which only this runtime sees, may have them; an exported model may not.
 *
 * A depthwise convolution gains most. Without the layout it is a matrix product of one row for each channel of each
 * picture; with it a multiplication and an addition of whole registers. The gradient of its weights is one as well:
 * each channel of a picture is convolved with that channel of dy as the kernel,
 *
 *   dW[c, k] = Σₙ Σₚ x[n, c, s·p + d·k] · dy[n, c, p],
 *
 * so that dy's positions p are the taps, the stride s is their dilation, and the taps k come out as the picture. Blocks
 * of dy are blocks of a depthwise kernel as they are.
 *
 * How many lanes there are is the runtime's business: blocks are made by its own `ReorderInput`, of weights too.
 */
import type { OnnxEmitter } from "../op.ts";
import type { ConvolutionAttributes } from "./convolution-options.ts";
import { emitReshape } from "./emit-layout.ts";

/** The name of this lowering. */
export const BLOCKED = "blocked";

/** Whether a lowering, by its name, convolves in blocks: not every machine's runtime does. */
export function needsBlocks(lowering: unknown): boolean {
  return typeof lowering === "string" && lowering.startsWith(BLOCKED);
}

/** Where ONNX Runtime keeps these ops. */
const DOMAIN = "com.microsoft.nchwc";
/** A multiple of the lanes of every machine. */
const LANES = 16;

type Tensor = { readonly name: string; readonly shape: readonly number[] };

/** One channel in, one channel out. */
export function isDepthwise({ groups, w }: { readonly groups: number; readonly w: readonly number[] }): boolean {
  return groups > 1 && w[0] === groups && w[1] === 1;
}

/** Whether all channels fall into whole blocks: of any depthwise or ungrouped convolution with enough of them. */
export function fitsBlocks(node: { readonly groups: number; readonly w: readonly number[] }): boolean {
  const [outputs, perGroup] = node.w as [number, number];
  return outputs % LANES === 0 && (isDepthwise(node) || (node.groups === 1 && perGroup % LANES === 0));
}

/** The convolution of x with w [outputs, channels / groups, height, width], and with a bias if there is one. */
export function blockedConvolution(
  onnx: OnnxEmitter,
  x: string,
  w: Tensor,
  options: Omit<ConvolutionAttributes, "lowering">,
  bias?: string,
): string {
  const kernel = options.groups === 1 ? toBlocksBothWays(onnx, w) : depthwiseKernel(onnx, w);
  const inputs = [toBlocks(onnx, x), kernel, ...(bias === undefined ? [] : [bias])];
  return fromBlocks(onnx, convolve(onnx, inputs, w.shape, options), w.shape[0]!);
}

/** Gradient with respect to the weights [channels, 1, height, width] of a depthwise convolution. */
export function blockedWeightGradient(
  onnx: OnnxEmitter,
  x: Tensor,
  dy: Tensor,
  w: readonly number[],
  { stride, dilation, padding }: ConvolutionAttributes,
): string {
  const [batch, channels, ...size] = x.shape as [number, number, number, number];
  const taps = [batch * channels, 1, ...dy.shape.slice(2)];
  // Every channel of every picture is a channel of one picture.
  const pictures = emitReshape(onnx, toBlocks(onnx, x.name), [1, batch * channels, ...size]);
  const kernel = emitReshape(onnx, toBlocks(onnx, dy.name), taps);
  const swapped = { stride: dilation, dilation: stride, padding, groups: batch * channels };
  const each = convolve(onnx, [pictures, kernel], taps, swapped);
  // Rows and columns of x that the stride never reached give taps beyond the kernel.
  const reach = size.map((length, axis) => {
    const all = length + padding[axis]! + padding[axis + 2]!;
    return Math.floor((all - stride[axis]! * (taps[axis + 2]! - 1) - 1) / dilation[axis]!) + 1;
  });
  const perPicture = emitReshape(onnx, each, [batch, channels * reach[0]! * reach[1]!]);
  const [sum] = onnx.node("ReduceSum", [perPicture, onnx.integers([0])], { keepdims: 0 });
  const tapsFirst = fromBlocks(onnx, emitReshape(onnx, sum!, [1, channels, ...reach]), channels);
  const [cut] = onnx.node("Slice", [
    tapsFirst,
    onnx.integers([0, 0]),
    onnx.integers(w.slice(2)),
    onnx.integers([2, 3]),
  ]);
  return emitReshape(onnx, cut!, w);
}

function convolve(
  onnx: OnnxEmitter,
  inputs: readonly string[],
  kernel: readonly number[],
  { stride, padding, dilation, groups }: Omit<ConvolutionAttributes, "lowering">,
): string {
  const attributes = {
    kernel_shape: kernel.slice(2),
    strides: stride,
    pads: padding,
    dilations: dilation,
    group: groups,
  };
  return onnx.node("Conv", inputs, attributes, 1, DOMAIN)[0]!;
}

/** [batch, channels, …] → [batch, channels / lanes, …, lanes]; the declared shape stays as it was. */
function toBlocks(onnx: OnnxEmitter, x: string): string {
  return onnx.node("ReorderInput", [x], {}, 1, DOMAIN)[0]!;
}

function fromBlocks(onnx: OnnxEmitter, x: string, channels: number): string {
  return onnx.node("ReorderOutput", [x], { channels }, 1, DOMAIN)[0]!;
}

/** [channels, 1, height, width] → [channels / lanes, height, width, lanes]. */
function depthwiseKernel(onnx: OnnxEmitter, { name, shape }: Tensor): string {
  const [channels, , height, width] = shape as [number, number, number, number];
  return emitReshape(onnx, toBlocks(onnx, emitReshape(onnx, name, [1, channels, height, width])), shape);
}

/**
 * [outputs, channels, height, width] → [outputs / lanes, channels / lanes, height, width, lanes of channels, lanes of
 * outputs]: blocks of channels within each output, and then blocks of outputs of all that.
 */
function toBlocksBothWays(onnx: OnnxEmitter, { name, shape }: Tensor): string {
  const [outputs, channels, height, width] = shape as [number, number, number, number];
  const ofChannels = emitReshape(onnx, toBlocks(onnx, name), [1, outputs, channels * height, width]);
  return emitReshape(onnx, toBlocks(onnx, ofChannels), shape);
}
