/** Initial values of parameters. Each rule names the framework that it comes from; all draw from a seeded stream. */
import { type Random, requireFields, requireInteger, requireKind } from "../../base/core/index.ts";

/** Returns the initial values of a parameter of the given shape. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array;

function elementCount(shape: readonly number[]): number {
  requireKind("shape", shape, "a list");
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Number of inputs per output: the product of all axes of [outputs, inputs, kernel height, kernel width] but the first.
 */
function fanIn(shape: readonly number[]): number {
  requireKind("shape", shape, "a list");
  return elementCount(shape.slice(1));
}

/** An array of the size of a shape, filled in a loop, since a head may have hundreds of millions of numbers. */
function filled(shape: readonly number[], next: () => number): Float32Array {
  const values = new Float32Array(elementCount(shape));
  for (let i = 0; i < values.length; i++) values[i] = next();
  return values;
}

/** The same value for every element. */
export function constantly(value: number): Initializer {
  requireKind("value", value, "a number");
  return (shape) => new Float32Array(elementCount(shape)).fill(value);
}

/** Normally distributed values, N(0, σ²). */
export function gaussian(standardDeviation: number): Initializer {
  requireKind("standard deviation", standardDeviation, "a number");
  return (shape, random) => filled(shape, () => random.normal(0, standardDeviation));
}

/**
 * Caffe's "xavier": uniform in ±√(3/fan-in), with variance 1/fan-in. SphereFace uses it for stage entries and FCs.
 */
export const xavierFanIn: Initializer = (shape, random) => {
  requireFields("random stream", random, { uniform: "a function" });
  const bound = Math.sqrt(3 / fanIn(shape));
  return filled(shape, () => random.uniform(-bound, bound));
};

/** PyTorch's default for weights: uniform in ±1/√fan-in (Kaiming uniform with a = √5). */
export const kaimingUniform: Initializer = (shape, random) => {
  requireFields("random stream", random, { uniform: "a function" });
  const bound = 1 / Math.sqrt(fanIn(shape));
  return filled(shape, () => random.uniform(-bound, bound));
};

/** He et al. 2015 for ReLU-like activations, by fan-out: N(0, 2 / (outputs · kernel area / groups)). */
export function kaimingFanOut(groups = 1): Initializer {
  requireInteger("groups", groups, 1);
  return (shape, random) => {
    const [outputs = 1, , ...kernel] = shape;
    const deviation = Math.sqrt((2 * groups) / (outputs * elementCount(kernel)));
    return filled(shape, () => random.normal(0, deviation));
  };
}
