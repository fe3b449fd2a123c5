import { conv2d, maximum, mul, reshape, transpose, type Value } from "../graph/index.ts";
import { maxPool2, normalizePixels, separableConvolution } from "./layers.ts";
import type { PretrainedWeights } from "./weights-manifest.ts";

/** Mean color of the training images. */
const MEAN = [117.001, 114.697, 97.404] as const;
/** Slope of the leaky ReLU below 0. */
const SLOPE = 0.1;
/** Numbers for each anchor: center x, y, log width, log height, score. */
const ANCHOR_NUMBERS = 5;

/**
 * TinyFaceDetector of face-api.js: a small YOLO v2 of separable convolutions.
 *
 * Takes pixels u8[batch, side, side, 3], the side a multiple of 32; gives f32[batch, cells · 5 anchors, 5], one cell
 * for each 32 × 32 pixels, row by row.
 */
export function tinyFaceDetector(pixels: Value, weights: PretrainedWeights): Value {
  const first = { bias: weights.constant("conv0/bias") };
  let y = leaky(conv2d(normalizePixels(pixels, MEAN, 255), weights.convolution("conv0/filters"), first));
  for (const layer of [1, 2, 3, 4, 5]) y = leaky(separableConvolution(maxPool2(y, 2), `conv${layer}`, weights));
  const last = { bias: weights.constant("conv8/bias") };
  y = conv2d(maxPool2(y, 1), weights.convolution("conv8/filters"), last);
  const [batch, channels, rows, columns] = y.shape as readonly [number | string, number, number, number];
  const anchorCount = (rows * columns * channels) / ANCHOR_NUMBERS;
  return reshape(transpose(y, [0, 2, 3, 1]), [batch, anchorCount, ANCHOR_NUMBERS]);
}

function leaky(x: Value): Value {
  return maximum(x, mul(x, SLOPE));
}
