/** First values of parameters. Each cites the framework whose rule it is; all draw from a seeded stream. */
import type { Random } from "../../base/core/index.ts";

/** Fills a parameter of a shape with its first values. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array;

const elementCount = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
/** Inputs that one output sees: all but the first axis of [outputs, inputs, kernel height, kernel width]. */
const fanIn = (shape: readonly number[]) => elementCount(shape.slice(1));

/** An array of a shape's size, filled number by number: in a loop, since a head's may be hundreds of millions. */
function filled(shape: readonly number[], next: () => number): Float32Array {
  const values = new Float32Array(elementCount(shape));
  for (let i = 0; i < values.length; i++) values[i] = next();
  return values;
}

/** The same number everywhere. */
export const constantly =
  (value: number): Initializer =>
  (shape) =>
    new Float32Array(elementCount(shape)).fill(value);

/** N(0, σ²). */
export const gaussian =
  (standardDeviation: number): Initializer =>
  (shape, random) =>
    filled(shape, () => random.normal(0, standardDeviation));

/** Caffe's "xavier": uniform with variance 1/fan-in, that is in ±√(3/fan-in). SphereFace's stage convolutions and FCs. */
export const xavierFanIn: Initializer = (shape, random) => {
  const bound = Math.sqrt(3 / fanIn(shape));
  return filled(shape, () => random.uniform(-bound, bound));
};

/** PyTorch's default for layers with weights: uniform in ±1/√fan-in (Kaiming uniform with a = √5). */
export const kaimingUniform: Initializer = (shape, random) => {
  const bound = 1 / Math.sqrt(fanIn(shape));
  return filled(shape, () => random.uniform(-bound, bound));
};

/** He et al. 2015 for ReLU-like activations, by the outputs: N(0, 2/(outputs · kernel area / groups)). */
export const kaimingFanOut =
  (groups = 1): Initializer =>
  (shape, random) => {
    const deviation = Math.sqrt((2 * groups) / (shape[0]! * elementCount(shape.slice(2))));
    return filled(shape, () => random.normal(0, deviation));
  };
