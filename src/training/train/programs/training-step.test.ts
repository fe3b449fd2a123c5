import { describe, expect, it } from "vitest";
import { SMALL_STEP } from "../../../../test/support/small-step.ts";
import { random } from "../../../base/core/index.ts";
import { type Graph, input, outputEntries, type Value } from "../../../compiler/graph/index.ts";
import { compile, type Tensor, type Tensors } from "../../../compiler/runtime/index.ts";
import { forwardBackward, NEXT, stateName, trainingStep, update } from "./training-step.ts";

const step = SMALL_STEP;

const options = { measure: false, threads: 1 };

function feeds(): Record<string, Tensor> {
  const { state } = trainingStep(step);
  const stream = random(1);
  const scalar = (value: number): Tensor => ({ type: "f32", shape: [], data: Float32Array.of(value) });
  return {
    ...Object.fromEntries(
      state.map(({ name, shape, initializer }): [string, Tensor] => [
        name,
        { type: "f32", shape, data: initializer(shape, random(2, name)) },
      ]),
    ),
    pixels: { type: "u8", shape: [4, 16, 16, 3], data: Uint8Array.from({ length: 3072 }, () => stream.integer(256)) },
    labels: { type: "i32", shape: [4], data: Int32Array.of(0, 3, 4, 3) },
    learningRate: scalar(0.1),
    margin: scalar(0.35),
  };
}

async function run(graph: Graph, tensors: Tensors): Promise<Tensors> {
  const { session } = await compile(graph, options);
  try {
    return await session.run(Object.fromEntries(session.inputNames.map((name) => [name, tensors[name]!])));
  } finally {
    await session.close();
  }
}

describe("trainingStep", () => {
  it("equals its two halves run one after the other", async () => {
    const tensors = feeds();
    const whole = await run(trainingStep(step).graph, tensors);
    const { loss, parameters, gradients } = forwardBackward(step);
    const named = (values: readonly Value[]) =>
      Object.fromEntries(parameters.map(({ name }, i) => [`d/${name}`, values[i]!]));
    const first = await run({ name: "gradients", outputs: { loss, ...named(gradients) } }, tensors);
    const received = parameters.map(({ name, shape }) => input(`d/${name}`, "f32", shape));
    const second = await run({ name: "update", outputs: update(step, parameters, received) }, { ...tensors, ...first });
    expect(first.loss!.data[0]).toBeCloseTo(whole.loss!.data[0] as number, 5);
    for (const { name } of parameters) {
      const expected = whole[NEXT + name]!.data as Float32Array;
      const got = second[NEXT + name]!.data as Float32Array;
      const worst = got.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
      expect(worst, name).toBeLessThan(1e-6);
    }
  });

  it("hands on every parameter and its velocity", () => {
    const { graph, parameters } = trainingStep(step);
    const names = parameters.flatMap(({ name }) => [NEXT + name, NEXT + stateName(name, "velocity")]);
    expect(
      outputEntries(graph)
        .map(([name]) => name)
        .sort(),
    ).toEqual(["accuracy", "loss", ...names].sort());
  });

  it("moves class centers and first weights alike against their gradients", async () => {
    const tensors = feeds();
    const next = await run(trainingStep(step).graph, tensors);
    for (const name of ["centers", "stage1.entry.weight"]) {
      const before = tensors[name]!.data as Float32Array;
      const after = next[NEXT + name]!.data as Float32Array;
      const velocity = next[NEXT + stateName(name, "velocity")]!.data as Float32Array;
      expect(velocity.some((value) => value !== 0)).toBe(true);
      expect(after).toHaveLength(before.length);
      const worst = after.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (before[i]! - 0.1 * velocity[i]!))),
        0,
      );
      expect(worst).toBeLessThan(1e-6);
    }
  });
});
