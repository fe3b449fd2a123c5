import { add, averagePool, conv2d, elementCount, matmul, relu, reshape, type Value } from "../graph/index.ts";
import { normalizePixels, samePadding, separableConvolution } from "./layers.ts";
import type { PretrainedWeights } from "./weights-manifest.ts";

/** Side of the network's images, pixels. */
export const LANDMARK_SIDE = 112;

/** Mean color of the training images. */
const MEAN = [122.782, 117.001, 104.298] as const;

/**
 * The 68-point landmark network of face-api.js: four blocks of separable convolutions, each on the sum of the results
 * before it.
 *
 * Takes pixels u8[batch, 112, 112, 3] of one face each; gives f32[batch, 136], x and y of each point as fractions of
 * the side.
 */
export function landmarkNetwork(pixels: Value, weights: PretrainedWeights): Value {
  let y = normalizePixels(pixels, MEAN, 255);
  const padding = samePadding(y, 3, 2);
  const first = conv2d(y, weights.convolution("dense0/conv0/filters"), {
    stride: [2, 2],
    padding,
    bias: weights.constant("dense0/conv0/bias"),
  });
  y = block(relu(first), "dense0", weights);
  for (const name of ["dense1", "dense2", "dense3"]) {
    y = block(relu(separableConvolution(y, `${name}/conv0`, weights, 2)), name, weights);
  }
  y = averagePool(y, { kernel: [7, 7], stride: [2, 2] });
  const [batch = 1, ...sizes] = y.shape;
  const features = reshape(y, [batch, elementCount(sizes)]);
  return add(matmul(features, weights.constant("fc/weights")), weights.constant("fc/bias"));
}

/** Three separable convolutions, each on the rectified sum of all results before it. */
function block(first: Value, name: string, weights: PretrainedWeights): Value {
  let sum = first;
  let y = first;
  for (const layer of ["conv1", "conv2", "conv3"]) {
    sum = add(sum, separableConvolution(y, `${name}/${layer}`, weights));
    y = relu(sum);
  }
  return y;
}
