/** Batch normalization (Ioffe & Szegedy, 2015) of [batch, channels, height, width] or [batch, channels]. */
import { ShapeError } from "../../../base/core/index.ts";
import { apply, applyAll, attribute, defineOp, requireSameType, type Sample } from "../op.ts";
import { fixedSize } from "../shape.ts";
import type { Shape, TensorType, Value } from "../value.ts";
import { add, div, mul, neg, reduceSum, reshape, sub, sumOfProducts } from "./arithmetic.ts";
import { pow } from "./elementwise.ts";

/** Axes that are averaged over: all but the channels'. */
function statisticAxes(shape: Shape): number[] {
  return shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
}

/** [channels] → [channels, 1, 1], so that it broadcasts to x. */
function perChannel(value: Value, x: Value): Value {
  return reshape(value, [value.shape[0]!, ...x.shape.slice(2).map(() => 1)]);
}

function requireChannels(what: string, [x, ...vectors]: readonly TensorType[]): void {
  requireSameType(what, [x!, ...vectors]);
  for (const { shape } of vectors) {
    if (shape.length !== 1 || shape[0] !== x!.shape[1]) {
      throw new ShapeError(
        `${what}: got [${shape}] for x [${x!.shape}], expected one number per channel [${x!.shape[1]}]`,
      );
    }
  }
}

const trainingOp = defineOp({
  name: "batchNormTraining",
  infer: ([x, scale, shift]) => {
    requireChannels("batchNormTraining", [x!, scale!, shift!]);
    const perChannelType = { type: x!.type, shape: [x!.shape[1]!] };
    return [x!, perChannelType, perChannelType];
  },
  /*
   * With momentum 0 the "running" outputs of ONNX are the statistics of this batch. ONNX Runtime writes them over the
   * inputs 3 and 4, so each gets a small tensor of its own, whose contents do not matter: ±scale.
   */
  emit: (onnx, [x, scale, shift], { attributes }) => {
    const [mean] = onnx.node("Neg", [scale!]);
    const [variance] = onnx.node("Abs", [scale!]);
    const { epsilon } = attributes;
    return onnx.node(
      "BatchNormalization",
      [x!, scale!, shift!, mean!, variance!],
      { epsilon, momentum: 0, training_mode: 1 },
      3,
    );
  },
  /*
   * With M elements a channel, r = 1/√(var + ε), x̂ = (x − mean)·r and y = scale·x̂ + shift:
   *   dx = scale·r·(dy − Σdy/M − x̂·Σ(dy·x̂)/M) + dmean/M + 2(x − mean)·dvar/M,
   * written as a·dy + b·x + c with one number of each per channel, so that x̂ is never stored.
   */
  vjp: ({ inputs: [x, scale], outputs: [, mean, variance], outputGradients: [dy, dMean, dVariance], attributes }) => {
    const axes = statisticAxes(x!.shape);
    const count = axes.reduce((product, axis) => product * fixedSize("batchNorm", x!.shape[axis]), 1);
    const r = pow(add(variance!, attribute<number>(attributes, "epsilon")), -0.5);
    let b: Value | undefined;
    let c: Value | undefined;
    let dx: Value | undefined;
    let dScale: Value | undefined;
    let dShift: Value | undefined;
    if (dy !== undefined) {
      dShift = reduceSum(dy, { axes });
      const centered = sub(sumOfProducts(dy, x!, axes), mul(mean!, dShift));
      dScale = mul(centered, r);
      const a = mul(scale!, r);
      b = neg(div(mul(a, mul(dScale, r)), count));
      c = neg(add(div(mul(a, dShift), count), mul(b, mean!)));
      dx = mul(dy, perChannel(a, x!));
    }
    if (dVariance !== undefined) {
      const twice = div(mul(dVariance, 2), count);
      b = b === undefined ? twice : add(b, twice);
      c = c === undefined ? neg(mul(twice, mean!)) : sub(c, mul(twice, mean!));
    }
    if (dMean !== undefined) c = c === undefined ? div(dMean, count) : add(c, div(dMean, count));
    const parts = [
      ...(dx === undefined ? [] : [dx]),
      ...(b === undefined ? [] : [mul(x!, perChannel(b, x!))]),
      ...(c === undefined ? [] : [perChannel(c, x!)]),
    ];
    // The largest first, so that a lone per-channel number is broadcast by the sum.
    const total = parts.reduce((sum, part) => add(sum, part));
    return [parts.length === 1 && c !== undefined && dx === undefined ? add(mul(x!, 0), total) : total, dScale, dShift];
  },
  samples: () => batchNormSamples(2),
});

/** Batch normalization with the statistics of this batch: [y, mean, variance (population)]; mean and variance are [channels]. */
export function batchNormTraining(
  x: Value,
  scale: Value,
  shift: Value,
  epsilon = 1e-5,
): readonly [Value, Value, Value] {
  const [y, mean, variance] = applyAll(trainingOp, [x, scale, shift], { epsilon });
  return [y!, mean!, variance!];
}

const inferenceOp = defineOp({
  name: "batchNorm",
  infer: ([x, ...vectors]) => {
    requireChannels("batchNorm", [x!, ...vectors]);
    return [x!];
  },
  emit: (onnx, inputs, { attributes }) => onnx.node("BatchNormalization", inputs, { epsilon: attributes.epsilon }),
  vjp: ({ inputs: [x, scale, , mean, variance], dy, attributes }) => {
    const axes = statisticAxes(x!.shape);
    const r = pow(add(variance!, attribute<number>(attributes, "epsilon")), -0.5);
    const total = reduceSum(dy, { axes });
    const dScale = mul(sub(sumOfProducts(dy, x!, axes), mul(mean!, total)), r);
    const dMean = neg(mul(mul(scale!, r), total));
    const dVariance = mul(mul(mul(dScale, scale!), mul(r, r)), -0.5);
    return [mul(dy, perChannel(mul(scale!, r), x!)), dScale, total, dMean, dVariance];
  },
  samples: () => batchNormSamples(4),
});

/** Batch normalization with given statistics: scale·(x − mean)/√(variance + ε) + shift. */
export const batchNorm = (
  x: Value,
  parameters: { scale: Value; shift: Value; mean: Value; variance: Value },
  epsilon = 1e-5,
): Value => {
  const { scale, shift, mean, variance } = parameters;
  return apply(inferenceOp, [x, scale, shift, mean, variance], { epsilon });
};

/** x, then scale and shift, then mean and variance for inference. */
function batchNormSamples(vectorCount: number): Sample[] {
  return [
    [3, 2, 2, 2],
    [5, 2],
  ].map((shape) => ({
    inputs: [
      { shape },
      { shape: [2], low: 0.5, high: 1.5 },
      ...Array.from({ length: vectorCount - 1 }, () => ({ shape: [2], low: 0.5, high: 1.5 })),
    ],
    attributes: { epsilon: 1e-3 },
    precision: "f32",
    step: 1e-2,
  }));
}
