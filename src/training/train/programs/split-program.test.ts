import { describe, expect, it } from "vitest";
import { SMALL_STEP } from "../../../../test/support/small-step.ts";
import { random } from "../../../base/core/index.ts";
import type { Tensors } from "../../../compiler/runtime/index.ts";
import { softmaxCenter } from "../../losses/index.ts";
import { configureNetwork, findNetwork } from "../../nn/index.ts";
import type { Step } from "./program.ts";
import { type Exchanged, type Reducer, type Reduction, singleProcess } from "./reducer.ts";
import { SplitProgram } from "./split-program.ts";
import type { StepDescription } from "./training-step.ts";
import { WholeProgram } from "./whole-program.ts";

const options = { seed: 1, measure: false, threads: 1 };

/** Steps over batches of images; half of a batch is what one of two processes gets. */
const steps = (batchSize: number, part = 0, partCount = 1): Step[] =>
  Array.from({ length: 3 }, (_, i) => {
    const stream = random(7, i);
    const whole = batchSize * partCount;
    const images = Uint8Array.from({ length: whole * 768 }, () => stream.integer(256));
    const labels = Int32Array.from({ length: whole }, () => stream.integer(5));
    return {
      batch: {
        images: images.slice(part * batchSize * 768, (part + 1) * batchSize * 768),
        labels: labels.slice(part * batchSize, (part + 1) * batchSize),
      },
      scalars: { learningRate: 0.05, margin: 0.2, stepNumber: i + 1 },
    };
  });

function difference(got: Tensors, expected: Tensors): number {
  expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort());
  return Object.entries(expected).reduce((worst, [name, { data }]) => {
    const [a, b] = [got[name]!.data as Float32Array, data as Float32Array];
    const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0.05);
    return b.reduce((most, value, i) => Math.max(most, Math.abs(a[i]! - value) / largest), worst);
  }, 0);
}

/** Two processes in one: an operation waits until both have called it. */
function twoProcesses(): [Reducer, Reducer] {
  const waiting: { values: Exchanged; resolve: () => void }[] = [];
  const meet = (values: Exchanged) =>
    new Promise<void>((resolve) => {
      waiting.push({ values, resolve });
      const [first, second] = waiting;
      if (first === undefined || second === undefined) return;
      waiting.length = 0;
      for (let i = 0; i < first.values.length; i++) {
        first.values[i]! += second.values[i]!;
        second.values[i] = first.values[i]!;
      }
      first.resolve();
      second.resolve();
    });
  const reducer = (rank: number): Reducer => ({
    ...singleProcess,
    rank,
    size: 2,
    allReduce: (values, reduction: Reduction) => {
      expect(reduction).toBe("sum");
      return meet(values);
    },
  });
  return [reducer(0), reducer(1)];
}

describe("SplitProgram", () => {
  it.each<[string, StepDescription]>([
    ["sphere4 and CosFace", SMALL_STEP],
    [
      "a network with batch normalization, and a loss with class means",
      {
        ...SMALL_STEP,
        network: configureNetwork(findNetwork("toy"), { inputSize: [16, 16], embeddingSize: 8 }),
        loss: softmaxCenter({ weight: 0.1 }),
      },
    ],
  ])("in a single process is the whole program: %s", async (_, step) => {
    const whole = await WholeProgram.create(step, options);
    const split = await SplitProgram.create(step, options);
    expect(difference(split.state, whole.state)).toBe(0);
    const [expected, results] = [await whole.run(steps(4)), await split.run(steps(4))];
    for (const [i, { loss, accuracy }] of expected.entries()) {
      expect(Math.abs(results[i]!.loss / loss - 1)).toBeLessThan(1e-5);
      expect(results[i]!.accuracy).toBe(accuracy);
    }
    expect(difference(split.state, whole.state)).toBeLessThan(1e-4);
    expect(Object.entries(split.state).map(([name, { role }]) => [name, role])).toEqual(
      Object.entries(whole.state).map(([name, { role }]) => [name, role]),
    );
    await whole.close();
    await split.close();
  });

  it("in two processes, each with half of the batch, makes the steps of the whole batch", async () => {
    const whole = await WholeProgram.create({ ...SMALL_STEP, batchSize: 8 }, options);
    const halves = await Promise.all(
      twoProcesses().map((reducer) => SplitProgram.create({ ...SMALL_STEP, batchSize: 4 }, options, reducer)),
    );
    const expected = await whole.run(steps(8));
    const [first, second] = await Promise.all(halves.map((half, part) => half.run(steps(4, part, 2))));
    expect(first).toEqual(second);
    for (const [i, { loss }] of expected.entries()) expect(Math.abs(first![i]!.loss / loss - 1)).toBeLessThan(1e-4);
    expect(difference(halves[0]!.state, whole.state)).toBeLessThan(1e-3);
    // Equal bit by bit, whichever process one looks at.
    expect(difference(halves[0]!.state, halves[1]!.state)).toBe(0);
    for (const program of [whole, ...halves]) await program.close();
  });

  it("goes on from a state that is restored", async () => {
    const [program, other] = [
      await SplitProgram.create(SMALL_STEP, options),
      await SplitProgram.create(SMALL_STEP, options),
    ];
    await program.run(steps(4));
    other.restore(program.state);
    expect(await other.run(steps(4))).toEqual(await program.run(steps(4)));
    await program.close();
    await other.close();
  });
});

describe("the reducer of a single process", () => {
  it("gives back what it gets", async () => {
    const values = Float32Array.of(1, 2, 3);
    await singleProcess.allReduce(values, "sum");
    await singleProcess.broadcast(values, 0);
    await singleProcess.barrier();
    expect(values).toEqual(Float32Array.of(1, 2, 3));
    expect(await singleProcess.allGather(values)).toBe(values);
    expect(await singleProcess.reduceScatter(values, "max")).toBe(values);
    expect([singleProcess.rank, singleProcess.size]).toEqual([0, 1]);
  });
});
