/**
 * dlib's face recognition network (Davis King, 2017), whose weights `@vladmandic/face-api` carries: a ResNet of 29
 * convolutions with half the channels of ResNet-34. Its batch normalizations are stored as a scale and a
 * shift for each channel.
 *
 * Where a block halves the resolution, its shortcut is a mean over 2×2 pixels, with zeros for the new channels.
 * Convolutions with stride 2 have no padding, so a branch can be one row and one column smaller than its shortcut;
 * zeros are padded below and to the right.
 *
 * @see http://dlib.net/dnn_face_recognition_ex.cpp.html
 */
import {
  add,
  averagePool,
  constant,
  conv2d,
  fixedSize,
  type Graph,
  globalAveragePool,
  input,
  matmul,
  maxPool,
  mul,
  pad,
  relu,
  sub,
  type Value,
} from "../graph/index.ts";
import type { PretrainedWeights } from "./weights-manifest.ts";

/** Side of the input in pixels. */
const SIDE = 150;

/** Mean red, green and blue of the training images. */
const MEAN_RGB = [122.782, 117.001, 104.298];

/** face-api's divisor. dlib itself divides by 256, which makes the contrast 0.4 % smaller. */
const PIXEL_SCALE = 255;

/** Blocks after the first convolution, by the names of their weights; those with "down" halve the resolution. */
const BLOCKS = [
  ...["conv32_1", "conv32_2", "conv32_3"],
  ...["conv64_down", "conv64_1", "conv64_2", "conv64_3"],
  ...["conv128_down", "conv128_1", "conv128_2"],
  ...["conv256_down", "conv256_1", "conv256_2", "conv256_down_out"],
];

/**
 * The network as a graph, given the weights "face_recognition":
 * "images" f32[batch, 3, 150, 150], RGB in 0–255 → "embeddings" f32[batch, 128], not normalized.
 */
export function faceRecognitionGraph(weights: PretrainedWeights): Graph {
  const images = input("images", "f32", ["batch", 3, SIDE, SIDE]);
  const mean = constant(Float32Array.from(MEAN_RGB), [3, 1, 1]);
  const normalized = mul(sub(images, mean), 1 / PIXEL_SCALE);
  const stem = relu(convolution(normalized, "conv32_down", weights, 2));
  const pooled = maxPool(stem, { kernel: [3, 3], stride: [2, 2] });
  const features = globalAveragePool(BLOCKS.reduce((x, name) => residualBlock(x, name, weights), pooled));
  return { name: weights.name, outputs: { embeddings: matmul(features, weights.constant("fc")) } };
}

function residualBlock(x: Value, name: string, weights: PretrainedWeights): Value {
  const isHalved = name.includes("down");
  const inner = relu(convolution(x, `${name}/conv1`, weights, isHalved ? 2 : 1));
  const branch = convolution(inner, `${name}/conv2`, weights, 1);
  if (!isHalved) return relu(add(branch, x));
  const shortcut = averagePool(x, { kernel: [2, 2] });
  return relu(add(grow(branch, shortcut, [2, 3]), grow(shortcut, branch, [1])));
}

/** Pads x with zeros at the end of these axes, up to the sizes of `like`. */
function grow(x: Value, like: Value, axes: readonly number[]): Value {
  return axes.reduce((grown, axis) => {
    const after = fixedSize("grow", like.shape[axis]) - fixedSize("grow", x.shape[axis]);
    return pad(grown, { axis, before: 0, after });
  }, x);
}

/** Convolution, scale and shift. With stride 1 the size is kept; with stride 2 there is no padding. */
function convolution(x: Value, name: string, weights: PretrainedWeights, stride: 1 | 2): Value {
  const filters = weights.convolution(`${name}/conv/filters`);
  const border = stride === 1 ? (fixedSize(name, filters.shape[2]) - 1) / 2 : 0;
  const convolved = conv2d(x, filters, {
    stride: [stride, stride],
    padding: [border, border, border, border],
    bias: weights.constant(`${name}/conv/bias`),
  });
  const perChannel = (tensor: string): Value => {
    const { data } = weights.tensor(`${name}/scale/${tensor}`);
    return constant(data, [data.length, 1, 1]);
  };
  return add(mul(convolved, perChannel("weights")), perChannel("biases"));
}
