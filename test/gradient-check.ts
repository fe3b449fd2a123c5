/**
 * Checks an op's gradient against central differences: with random weights u, the scalar L(x) = Σ u·f(x) is
 * differentiated by the op's rule and by (L(x + h) − L(x − h)) / 2h for each element of each input.
 */
import { random } from "../src/base/core/index.ts";
import {
  applyOp,
  type ElementType,
  input,
  type Op,
  type Sample,
  type SampleInput,
  type TensorData,
  typedArray,
  vectorJacobianProduct,
  withLowering,
} from "../src/compiler/graph/index.ts";
import { compile, type Tensor, type Tensors } from "../src/compiler/runtime/index.ts";

/**
 * Largest difference between the two gradients, relative to the largest gradient of that input. `lowering` writes the
 * op itself ("" leaves it to the fixed rule), `distort` is a factor that the rule's gradient is multiplied by.
 */
export async function gradientError(op: Op, sample: Sample, { lowering = "", distort = 1 } = {}): Promise<number> {
  const precision = sample.precision ?? "f64";
  const stream = random(7, op.name, JSON.stringify(sample.attributes ?? {}));
  const values = sample.inputs.map((given, i) => input(`x${i}`, typeOf(given, precision), given.shape));
  const tensors = sample.inputs.map((given): Tensor => {
    const type = typeOf(given, precision);
    return { type, shape: given.shape, data: typedArray(type, elements(given, stream)) };
  });
  const plain = applyOp(op, values, sample.attributes ?? {});
  const outputs = lowering === "" ? plain : withLowering(plain[0]!.node, values, lowering);
  const weights = outputs.map(({ shape, type }): Tensor => {
    const count = (shape as readonly number[]).reduce((product, size) => product * size, 1);
    const drawn = Array.from({ length: count }, () => stream.uniform(-1, 1));
    return { type, shape: shape as readonly number[], data: typedArray(type, drawn) };
  });
  const seeds = outputs.map(({ type, shape }, i) => input(`u${i}`, type, shape));
  const differentiable = values.filter(({ type }) => type === "f32" || type === "f64");
  const gradientValues = vectorJacobianProduct(outputs, seeds, differentiable);
  const options = { measure: false, threads: 1 };
  const forward = await compile({ name: "forward", outputs: named("y", outputs) }, options);
  const backward = await compile({ name: "backward", outputs: named("g", gradientValues) }, options);
  try {
    const feeds = named("x", tensors);
    const analytic = await backward.session.run(
      only(backward.session.inputNames, { ...feeds, ...named("u", weights) }),
    );
    const evaluate = async (changed: Tensors) => project(await forward.session.run(changed), weights);
    let worst = 0;
    for (const [k, value] of differentiable.entries()) {
      const index = values.indexOf(value);
      const rule = Array.from(analytic[`g${k}`]!.data as Float64Array, (g) => g * distort);
      const numeric = await centralDifferences(
        feeds,
        `x${index}`,
        sample.step ?? (precision === "f64" ? 1e-5 : 1e-2),
        evaluate,
      );
      const scale = Math.max(...numeric.map(Math.abs), 1e-3);
      for (const [i, g] of rule.entries()) worst = Math.max(worst, Math.abs(g - numeric[i]!) / scale);
      if (rule.some(Number.isNaN)) return Number.NaN;
    }
    return worst;
  } finally {
    await forward.session.close();
    await backward.session.close();
  }
}

async function centralDifferences(
  feeds: Tensors,
  name: string,
  step: number,
  evaluate: (feeds: Tensors) => Promise<number>,
): Promise<number[]> {
  const { type, shape, data } = feeds[name]!;
  const results: number[] = [];
  for (let i = 0; i < data.length; i++) {
    const shifted = async (by: number) => {
      const copy = data.slice() as Float64Array;
      copy[i]! += by;
      // The step that rounding left, not the one that was asked for.
      return { value: await evaluate({ ...feeds, [name]: { type, shape, data: copy as TensorData } }), at: copy[i]! };
    };
    const above = await shifted(step);
    const below = await shifted(-step);
    results.push((above.value - below.value) / (above.at - below.at));
  }
  return results;
}

/** Σ u·y in f64, whatever the type of the outputs. */
function project(results: Tensors, weights: readonly Tensor[]): number {
  let sum = 0;
  for (const [i, { data }] of weights.entries()) {
    const y = results[`y${i}`]!.data as Float64Array;
    for (let k = 0; k < y.length; k++) sum += y[k]! * (data as Float64Array)[k]!;
  }
  return sum;
}

function typeOf({ type }: SampleInput, precision: ElementType): ElementType {
  return type ?? precision;
}

/** Elements at least a little apart from 0 and from each other's kinks. */
function elements({ shape, low = -1, high = 1, values }: SampleInput, stream: ReturnType<typeof random>): number[] {
  const count = shape.reduce((product, size) => product * size, 1);
  return Array.from(values ?? Array.from({ length: count }, () => stream.uniform(low, high)));
}

function named<T>(prefix: string, list: readonly T[]): Record<string, T> {
  return Object.fromEntries(list.map((item, i) => [`${prefix}${i}`, item]));
}

function only(names: readonly string[], tensors: Tensors): Tensors {
  return Object.fromEntries(names.map((name) => [name, tensors[name]!]));
}
