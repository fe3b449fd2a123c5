import { batchNorm, clip, concat, conv2d, fixedSize, reshape, transpose, type Value } from "../graph/index.ts";
import { normalizePixels, samePadding } from "./layers.ts";
import type { PretrainedWeights } from "./weights-manifest.ts";

/** Side of the network's images, pixels. */
export const SSD_SIDE = 512;
/** Depthwise convolutions with stride 2. */
const HALVING = [2, 4, 6, 12];
/** The layer of the finest feature map that boxes are predicted from. */
const FINEST = 11;
/** Epsilon of the batch normalizations. */
const EPSILON = 0.001;
/** Scores for each anchor: background, face, unused. */
const CLASSES = 3;

/**
 * SSD with MobileNet v1 (Liu et al., 2016; Howard et al., 2017), trained for faces by the authors of face-api.js on
 * WIDER FACE.
 *
 * Takes pixels u8[batch, 512, 512, 3]; gives box encodings f32[batch, 5118, 4] and class logits f32[batch, 5118, 3].
 */
export function ssdMobilenet(pixels: Value, weights: PretrainedWeights): { boxes: Value; classes: Value } {
  let y = convolution(
    normalizePixels(pixels, [127.5, 127.5, 127.5], 127.5),
    "MobilenetV1/Conv2d_0_pointwise",
    weights,
    2,
  );
  let finest = y;
  for (let layer = 1; layer <= 13; layer++) {
    y = depthwise(y, `MobilenetV1/Conv2d_${layer}_depthwise`, weights, HALVING.includes(layer) ? 2 : 1);
    y = convolution(y, `MobilenetV1/Conv2d_${layer}_pointwise`, weights);
    if (layer === FINEST) finest = y;
  }
  const maps = [finest, y];
  for (let layer = 0; layer < 8; layer += 2) {
    y = convolution(y, `Prediction/Conv2d_${layer}_pointwise`, weights);
    y = convolution(y, `Prediction/Conv2d_${layer + 1}_pointwise`, weights, 2);
    maps.push(y);
  }
  const predictions = (kind: string, size: number) =>
    concat(
      maps.map((map, i) => predict(map, `Prediction/BoxPredictor_${i}/${kind}`, weights, size)),
      1,
    );
  return { boxes: predictions("BoxEncodingPredictor", 4), classes: predictions("ClassPredictor", CLASSES) };
}

/** The anchors as rows [top, left, bottom, right], in fractions of the image. */
export function ssdAnchors(weights: PretrainedWeights): Float32Array {
  return weights.tensor("Output/extra_dim").data;
}

/** A convolution with folded batch normalization, then ReLU6. */
function convolution(x: Value, name: string, weights: PretrainedWeights, stride: 1 | 2 = 1): Value {
  const w = weights.convolution(`${name}/weights`);
  const padding = samePadding(x, fixedSize(name, w.shape[2]), stride);
  const bias = weights.constant(`${name}/convolution_bn_offset`);
  return clip(conv2d(x, w, { stride: [stride, stride], padding, bias }), 0, 6);
}

function depthwise(x: Value, name: string, weights: PretrainedWeights, stride: 1 | 2): Value {
  const groups = fixedSize(name, x.shape[1]);
  const options = { stride: [stride, stride], padding: samePadding(x, 3, stride), groups } as const;
  const y = conv2d(x, weights.depthwise(`${name}/depthwise_weights`), options);
  const statistic = (kind: string) => weights.constant(`${name}/BatchNorm/${kind}`);
  const parts = { scale: statistic("gamma"), shift: statistic("beta"), mean: statistic("moving_mean") };
  return clip(batchNorm(y, { ...parts, variance: statistic("moving_variance") }, EPSILON), 0, 6);
}

/** Predicts `size` numbers for each anchor of a feature map, row by row. */
function predict(map: Value, name: string, weights: PretrainedWeights, size: number): Value {
  const y = conv2d(map, weights.convolution(`${name}/weights`), { bias: weights.constant(`${name}/biases`) });
  const [batch, channels, rows, columns] = y.shape as readonly [number | string, number, number, number];
  return reshape(transpose(y, [0, 2, 3, 1]), [batch, (rows * columns * channels) / size, size]);
}
