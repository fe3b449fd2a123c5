/**
 * The three networks of MTCNN (Zhang et al., 2016), as face-api.js stored them. Each estimates the probability that a
 * square of the image is a face, and the offsets of its edges from the face's box; the last one adds five landmarks.
 *
 * The weights were trained on images with rows and columns exchanged (MATLAB's order), so images are transposed at the
 * input and feature maps at the output.
 *
 * @see https://arxiv.org/abs/1604.02878
 */

import type { Value } from "../graph/index.ts";
import {
  add,
  constant,
  conv2d,
  elementCount,
  matmul,
  maxPool,
  prelu,
  reshape,
  slice,
  softmax,
  transpose,
} from "../graph/index.ts";
import { maxPool2, normalizePixels, samePadding } from "./layers.ts";
import type { PretrainedWeights } from "./weights-manifest.ts";

/** Sides of the images of R-Net and O-Net, and of the square that P-Net sees at each position, pixels. */
export const MTCNN_SIDES = { pnet: 12, rnet: 24, onet: 48 } as const;
/** Distance between the squares that P-Net sees, pixels. */
export const PNET_STRIDE = 2;

type Network = keyof typeof MTCNN_SIDES;
type Layers = { readonly [layer: string]: readonly number[] };

/** Shapes of the weights of layers that a PReLU follows, in order, and of the layers that give a result. */
const LAYERS: Record<Network, { readonly hidden: Layers; readonly results: Layers }> = {
  pnet: {
    hidden: { conv1: [3, 3, 3, 10], conv2: [3, 3, 10, 16], conv3: [3, 3, 16, 32] },
    results: { conv4_1: [1, 1, 32, 2], conv4_2: [1, 1, 32, 4] },
  },
  rnet: {
    hidden: { conv1: [3, 3, 3, 28], conv2: [3, 3, 28, 48], conv3: [2, 2, 48, 64], fc1: [576, 128] },
    results: { fc2_1: [128, 2], fc2_2: [128, 4] },
  },
  onet: {
    hidden: {
      conv1: [3, 3, 3, 32],
      conv2: [3, 3, 32, 64],
      conv3: [3, 3, 64, 64],
      conv4: [2, 2, 64, 128],
      fc1: [1152, 256],
    },
    results: { fc2_1: [256, 2], fc2_2: [256, 4], fc2_3: [256, 10] },
  },
};

/** The tensors of the three networks and their shapes. */
export const mtcnnShapes: ReadonlyMap<string, readonly number[]> = new Map(
  Object.entries(LAYERS).flatMap(([network, { hidden, results }]) => [
    ...Object.entries({ ...hidden, ...results }).flatMap(([layer, shape]) => [
      [`${network}/${layer}/weights`, shape] as const,
      [`${network}/${layer}/bias`, shape.slice(-1)] as const,
    ]),
    ...Object.values(hidden).map((shape, i) => [`${network}/prelu${i + 1}_alpha`, shape.slice(-1)] as const),
  ]),
);

/**
 * P-Net at every second pixel of an image: pixels u8[batch, height, width, 3] → scores f32[batch, rows, columns, 1]
 * and regressions f32[batch, rows, columns, 4]. Position (row, column) sees 12 × 12 pixels from (2 · row, 2 ·
 * column) on, if the height and the width are even.
 */
export function proposalNetwork(pixels: Value, weights: PretrainedWeights): { scores: Value; regressions: Value } {
  let y = maxPool2(hiddenConvolution(transposedImage(pixels), "pnet", 1, weights), 2);
  for (const layer of [2, 3]) y = hiddenConvolution(y, "pnet", layer, weights);
  const result = (name: string) => transpose(convolution(y, `pnet/${name}`, weights), [0, 3, 2, 1]);
  return { scores: faceProbability(result("conv4_1")), regressions: result("conv4_2") };
}

/** R-Net: pixels u8[batch, 24, 24, 3] → scores f32[batch, 1] and regressions f32[batch, 4]. */
export function refinementNetwork(pixels: Value, weights: PretrainedWeights): { scores: Value; regressions: Value } {
  const maps = hiddenConvolution(firstMaps(pixels, "rnet", weights), "rnet", 3, weights);
  return predictions(hiddenDense(maps, "rnet", 4, weights), "rnet", weights);
}

/**
 * O-Net: pixels u8[batch, 48, 48, 3] → scores f32[batch, 1], regressions f32[batch, 4], and points f32[batch, 10]: x
 * of eyes, nose and corners of the mouth, then y, as fractions of the side.
 */
export function outputNetwork(
  pixels: Value,
  weights: PretrainedWeights,
): { scores: Value; regressions: Value; points: Value } {
  const maps = hiddenConvolution(firstMaps(pixels, "onet", weights), "onet", 3, weights);
  const features = hiddenDense(hiddenConvolution(maxPool2(maps, 2), "onet", 4, weights), "onet", 5, weights);
  return { ...predictions(features, "onet", weights), points: dense(features, "onet/fc2_3", weights) };
}

/** Pixels as [batch, 3, width, height], (pixel − 127.5) / 128. */
function transposedImage(pixels: Value): Value {
  return transpose(normalizePixels(pixels, [127.5, 127.5, 127.5], 128), [0, 1, 3, 2]);
}

/** The first layers of R-Net and O-Net. */
function firstMaps(pixels: Value, network: Network, weights: PretrainedWeights): Value {
  const window = { kernel: [3, 3], stride: [2, 2] } as const;
  const first = hiddenConvolution(transposedImage(pixels), network, 1, weights);
  const pooled = maxPool(first, { ...window, padding: samePadding(first, 3, 2) });
  return maxPool(hiddenConvolution(pooled, network, 2, weights), window);
}

function predictions(features: Value, network: Network, weights: PretrainedWeights) {
  const result = (name: string) => dense(features, `${network}/${name}`, weights);
  return { scores: faceProbability(result("fc2_1")), regressions: result("fc2_2") };
}

/** Softmax of logits [..., 2] of "no face" and "face": the probability of the second. */
function faceProbability(logits: Value): Value {
  return slice(softmax(logits), { axis: logits.shape.length - 1, start: 1, size: 1 });
}

function hiddenConvolution(x: Value, network: Network, layer: number, weights: PretrainedWeights): Value {
  const { data } = weights.tensor(`${network}/prelu${layer}_alpha`);
  return prelu(convolution(x, `${network}/conv${layer}`, weights), constant(data, [data.length, 1, 1]));
}

/** The layer "fc1", on feature maps flattened channels last. */
function hiddenDense(maps: Value, network: Network, layer: number, weights: PretrainedWeights): Value {
  const [batch = 1, ...sizes] = maps.shape;
  const flat = reshape(transpose(maps, [0, 2, 3, 1]), [batch, elementCount(sizes)]);
  return prelu(dense(flat, `${network}/fc1`, weights), weights.constant(`${network}/prelu${layer}_alpha`));
}

function convolution(x: Value, name: string, weights: PretrainedWeights): Value {
  return conv2d(x, weights.convolution(`${name}/weights`), { bias: weights.constant(`${name}/bias`) });
}

function dense(x: Value, name: string, weights: PretrainedWeights): Value {
  return add(matmul(x, weights.constant(`${name}/weights`)), weights.constant(`${name}/bias`));
}
