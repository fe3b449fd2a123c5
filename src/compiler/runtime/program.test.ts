import { expect, it } from "vitest";
import { ShapeError } from "../../base/core/index.ts";
import { add, input, mul } from "../graph/index.ts";
import { compile } from "./program.ts";

const one = (value: number) => ({ type: "f32" as const, shape: [1], data: Float32Array.of(value) });

it("compiles a graph and runs it; nothing is measured without a choice", async () => {
  const x = input("x", "f32", [1]);
  const graph = { name: "square", outputs: { y: add(mul(x, x), mul(x, x)) } };
  const { session, choices } = await compile(graph, { threads: 1 });
  expect(choices).toEqual({});
  expect((await session.run({ x: one(3) })).y).toEqual(one(18));
  await session.close();
});

it("refuses a graph with two inputs of one name", async () => {
  const graph = { name: "sum", outputs: { y: add(input("x", "f32", [1]), input("x", "f32", [2])) } };
  await expect(compile(graph)).rejects.toThrow(ShapeError);
  await expect(compile(graph)).rejects.toThrow(/two inputs named 'x'/);
});
