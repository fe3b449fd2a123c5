/**
 * Convolutions in ONNX Runtime's own layout for them, where the channels come in blocks, one for each lane of a vector
 * register: [batch, channels / lanes, height, width, lanes]. The runtime rewrites a model to it where weights are
 * constants. In training they are not, so the same nodes are written here. They are not part of ONNX: a training step,
 * which only this runtime sees, may have them; an exported model may not.
 *
 * A depthwise convolution gains most. Without the layout it is a matrix product of one row for each channel of each
 * image; with it, a multiplication and an addition of whole registers. The gradient of its weights is a depthwise
 * convolution as well: each channel of an image is convolved with that channel of dy as the kernel,
 *
 *   dW[c, k] = Σₙ Σₚ x[n, c, s·p + d·k] · dy[n, c, p],
 *
 * so that dy's positions p are the taps, the stride s is their dilation, and the taps k are the positions of the
 * result. Blocks of dy are blocks of a depthwise kernel without any change.
 *
 * The number of lanes depends on the processor: the runtime's own `ReorderInput` makes the blocks, of weights too.
 */
import type { OnnxEmitter } from "../../op.ts";
import { emitReshape } from "../emit-layout.ts";
import { type Borders, eachAxis, positionCount, type Spatial, slidingOf } from "../window.ts";
import { type ConvolutionGeometry, isDepthwise, type KernelShape } from "./geometry.ts";
import type { ConvolutionAttributes } from "./options.ts";

/** Where ONNX Runtime keeps these ops. */
const DOMAIN = "com.microsoft.nchwc";
/** A multiple of the lanes of every machine. */
const LANES = 16;

/** Weights by their name in the model. */
export type Kernel = { readonly name: string; readonly shape: KernelShape };

/** Whether all channels fall into whole blocks: of any depthwise or ungrouped convolution with enough of them. */
export function fitsBlocks(geometry: Pick<ConvolutionGeometry, "groups" | "w">): boolean {
  const [outputs, perGroup] = geometry.w;
  return outputs % LANES === 0 && (isDepthwise(geometry) || (geometry.groups === 1 && perGroup % LANES === 0));
}

/** The convolution of x with w, and with a bias if there is one. */
export function blockedConvolution(
  onnx: OnnxEmitter,
  x: string,
  w: Kernel,
  options: ConvolutionAttributes,
  bias?: string,
): string {
  const kernel = options.groups === 1 ? toBlocksBothWays(onnx, w) : depthwiseKernel(onnx, w);
  const inputs = [toBlocks(onnx, x), kernel, ...(bias === undefined ? [] : [bias])];
  const [outputs, , height, width] = w.shape;
  return fromBlocks(onnx, convolve(onnx, inputs, [height, width], options), outputs);
}

/** Gradient with respect to the weights [channels, 1, height, width] of a depthwise convolution. */
export function blockedWeightGradient(
  onnx: OnnxEmitter,
  x: string,
  dy: string,
  batch: number,
  { w, stride, dilation, padding, inputSize, outputSize }: ConvolutionGeometry,
): string {
  const [channels, , height, width] = w;
  // Every channel of every image is a channel of one image.
  const images = emitReshape(onnx, toBlocks(onnx, x), [1, batch * channels, ...inputSize]);
  const kernel = emitReshape(onnx, toBlocks(onnx, dy), [batch * channels, 1, ...outputSize]);
  const swapped = { stride: dilation, dilation: stride, padding, groups: batch * channels };
  const each = convolve(onnx, [images, kernel], outputSize, swapped);
  // Rows and columns of x that the stride never reached give taps beyond the kernel.
  const reach = tapsReached({ stride, dilation, padding, inputSize, outputSize });
  const perImage = emitReshape(onnx, each, [batch, channels * reach[0] * reach[1]]);
  const sum = onnx.node("ReduceSum", [perImage, onnx.integers([0])], { keepdims: 0 });
  const tapsFirst = fromBlocks(onnx, emitReshape(onnx, sum, [1, channels, ...reach]), channels);
  const cut = onnx.node("Slice", [
    tapsFirst,
    onnx.integers([0, 0]),
    onnx.integers([height, width]),
    onnx.integers([2, 3]),
  ]);
  return emitReshape(onnx, cut, w);
}

/**
 * Positions of dy, dilated by the stride, as a kernel that slides over x: the taps of the kernel, and more where the
 * stride never reached the last rows or columns of x.
 */
export function tapsReached({
  stride,
  dilation,
  padding,
  inputSize,
  outputSize,
}: {
  readonly stride: Spatial;
  readonly dilation: Spatial;
  readonly padding: Borders;
  readonly inputSize: Spatial;
  readonly outputSize: Spatial;
}): Spatial {
  const sliding = slidingOf({ stride: dilation, dilation: stride, padding });
  return eachAxis(sliding, (along, axis) => positionCount(inputSize[axis], outputSize[axis], along));
}

function convolve(
  onnx: OnnxEmitter,
  inputs: readonly string[],
  kernel: Spatial,
  { stride, padding, dilation, groups }: ConvolutionAttributes,
): string {
  const attributes = { kernel_shape: kernel, strides: stride, pads: padding, dilations: dilation, group: groups };
  return onnx.node("Conv", inputs, attributes, DOMAIN);
}

/** [batch, channels, …] → [batch, channels / lanes, …, lanes]; the declared shape stays as it was. */
function toBlocks(onnx: OnnxEmitter, x: string): string {
  return onnx.node("ReorderInput", [x], {}, DOMAIN);
}

function fromBlocks(onnx: OnnxEmitter, x: string, channels: number): string {
  return onnx.node("ReorderOutput", [x], { channels }, DOMAIN);
}

/** [channels, 1, height, width] → [channels / lanes, height, width, lanes]. */
function depthwiseKernel(onnx: OnnxEmitter, { name, shape }: Kernel): string {
  const [channels, , height, width] = shape;
  return emitReshape(onnx, toBlocks(onnx, emitReshape(onnx, name, [1, channels, height, width])), shape);
}

/**
 * [outputs, channels, height, width] → [outputs / lanes, channels / lanes, height, width, lanes of channels, lanes of
 * outputs]: blocks of channels within each output, and then blocks of outputs of all that.
 */
function toBlocksBothWays(onnx: OnnxEmitter, { name, shape }: Kernel): string {
  const [outputs, channels, height, width] = shape;
  const ofChannels = emitReshape(onnx, toBlocks(onnx, name), [1, outputs, channels * height, width]);
  return emitReshape(onnx, toBlocks(onnx, ofChannels), shape);
}
