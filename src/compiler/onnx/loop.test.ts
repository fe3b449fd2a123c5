import { expect, it } from "vitest";
import { ModelError } from "../../base/core/index.ts";
import { add, input, mul, reduceSum } from "../graph/index.ts";
import { compile, createSession, type Tensor } from "../runtime/index.ts";
import { writeOnnxLoop } from "./loop.ts";

const floats = (shape: number[], ...data: number[]): Tensor => ({ type: "f32", shape, data: Float32Array.from(data) });
const count = (n: number): Tensor => ({ type: "i64", shape: [], data: BigInt64Array.of(BigInt(n)) });

/** x ← x·factor + shift, with the sum of the old x beside it. */
function growth() {
  const x = input("x", "f32", [2]);
  const next = add(mul(x, input("factor", "f32", [])), input("shift", "f32", [2]));
  return { name: "growth", outputs: { next, sum: reduceSum(x) } };
}

const repetition = { carried: new Map([["x", "next"]]), each: ["factor"] };

it("repeats a graph with what each repetition has of its own, and gives the last state and every other output", async () => {
  const { session } = await compile(growth(), { threads: 1, repetition });
  const results = await session.run({
    repetitions: count(3),
    "first/x": floats([2], 1, 2),
    "each/factor": floats([3], 2, 3, 10),
    shift: floats([2], 1, 0),
  });
  // (1, 2) → (3, 4) → (10, 12) → (101, 120).
  expect(results["last/next"]).toEqual(floats([2], 101, 120));
  expect(results["each/sum"]).toEqual(floats([3], 3, 7, 22));
  await session.close();
});

it("gives the same where a part is isolated", async () => {
  const { session } = await compile(growth(), { threads: 1, repetition: { ...repetition, isolated: ["sum"] } });
  const feeds = { "first/x": floats([2], 1, 2), "each/factor": floats([2], 2, 3), shift: floats([2], 1, 0) };
  const results = await session.run({ repetitions: count(2), ...feeds });
  expect(results["last/next"]).toEqual(floats([2], 10, 12));
  expect(results["each/sum"]).toEqual(floats([2], 3, 7));
  await session.close();
});

it("gives back the first state for no repetition at all", async () => {
  const session = await createSession(writeOnnxLoop(growth(), repetition), { threads: 1 });
  const feeds = { "first/x": floats([2], 1, 2), "each/factor": floats([0]), shift: floats([2], 1, 0) };
  expect((await session.run({ repetitions: count(0), ...feeds }))["last/next"]).toEqual(floats([2], 1, 2));
  await session.close();
});

it("refuses names that the graph does not have, and a state that changes its type", () => {
  const write = (from: string, to: string) => () =>
    writeOnnxLoop(growth(), { carried: new Map([[from, to]]), each: [] });
  expect(write("y", "next")).toThrow(ModelError);
  expect(write("x", "after")).toThrow(/got 'after', expected one of its inputs or outputs/);
  expect(write("x", "sum")).toThrow(/'x' is f32\[2\], but 'sum', which replaces it, is f32\[\]/);
});
