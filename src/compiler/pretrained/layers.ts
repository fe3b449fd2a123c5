/** Layers with the conventions of TensorFlow.js, on activations [batch, channels, height, width]. */
import { cast, constant, conv2d, div, fixedSize, maxPool, sub, transpose, type Value } from "../graph/index.ts";
import type { PretrainedWeights } from "./weights-manifest.ts";

/** Pixels u8[batch, height, width, 3] → (pixel − mean of its color) / divisor, channels first. */
export function normalizePixels(pixels: Value, mean: readonly [number, number, number], divisor: number): Value {
  const planes = cast(transpose(pixels, [0, 3, 1, 2]), "f32");
  return div(sub(planes, constant(Float32Array.from(mean), [3, 1, 1])), divisor);
}

/**
 * TensorFlow's padding "same", [top, left, bottom, right]: ceil(size / stride) results along each axis, with the odd
 * pixel of border at the end. (ONNX and Caffe pad both ends equally.)
 */
export function samePadding(x: Value, kernel: number, stride: number): readonly [number, number, number, number] {
  const ends = (axis: 2 | 3): readonly [number, number] => {
    const size = fixedSize("samePadding", x.shape[axis]);
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  };
  const [[top, bottom], [left, right]] = [ends(2), ends(3)];
  return [top, left, bottom, right];
}

/** Maximum of 2×2 windows, with a border if the size is odd. */
export function maxPool2(x: Value, stride: 1 | 2): Value {
  return maxPool(x, { kernel: [2, 2], stride: [stride, stride], padding: samePadding(x, 2, stride) });
}

/**
 * Depthwise 3×3, then 1×1 with bias, padding "same"; tensors `<name>/depthwise_filter`, `/pointwise_filter`, `/bias`.
 */
export function separableConvolution(x: Value, name: string, weights: PretrainedWeights, stride: 1 | 2 = 1): Value {
  const channels = fixedSize(name, x.shape[1]);
  const filtered = conv2d(x, weights.depthwise(`${name}/depthwise_filter`), {
    stride: [stride, stride],
    padding: samePadding(x, 3, stride),
    groups: channels,
  });
  return conv2d(filtered, weights.convolution(`${name}/pointwise_filter`), { bias: weights.constant(`${name}/bias`) });
}
