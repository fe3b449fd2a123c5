import { describe, expect, it } from "vitest";
import { ShapeError } from "../../base/core/index.ts";
import { gradients, vectorJacobianProduct } from "./autodiff.ts";
import { sortedNodes } from "./graph.ts";
import { add, mul, neg, reduceSum } from "./ops/arithmetic.ts";
import { cast, exp, floor } from "./ops/elementwise.ts";
import { batchNormTraining } from "./ops/normalization.ts";
import { greater } from "./ops/selection.ts";
import { stopGradient } from "./ops/stop-gradient.ts";
import { printGraph } from "./print.ts";
import { constantData, input, type Value } from "./value.ts";

const x = input("x", "f32", [2, 3]);
const y = input("y", "f32", [2, 3]);
const print = (value: Value): string[] =>
  printGraph({ name: "g", outputs: { d: value } })
    .split("\n")
    .slice(1)
    .map((line) => line.trim());

describe("gradients", () => {
  it("of a sum of products are the other factors", () => {
    const [dx, dy] = gradients(reduceSum(mul(x, y)), [x, y]);
    expect(print(dx!)).toEqual([
      "a: f32[1,1] = reshape 1 shape=[1,1]",
      "b: f32[2,3] = broadcastTo a shape=[2,3]",
      "c: f32[2,3] = mul b y",
      "return d=c",
    ]);
    expect(print(dy!).at(-2)).toBe("c: f32[2,3] = mul b x");
  });

  it("of a value that is used twice are added up", () => {
    const [dx] = gradients(reduceSum(add(exp(x), neg(x))), [x]);
    const ops = sortedNodes([dx!]).map(({ op }) => op.name);
    expect(ops.filter((name) => name === "add")).toHaveLength(1);
  });

  it("are zeros where the scalar does not depend on a value", () => {
    const [dy] = gradients(reduceSum(x), [y]);
    expect(dy!.shape).toEqual([2, 3]);
    expect(constantData(dy!)).toEqual(new Float32Array(6));
  });

  it("of the scalar itself are one", () => {
    const loss = reduceSum(x);
    const [one] = gradients(loss, [loss]);
    expect(constantData(one!)).toEqual(Float32Array.of(1));
  });

  it("are taken for values in the middle, too", () => {
    const middle = neg(x);
    const [d] = gradients(reduceSum(exp(middle)), [middle]);
    expect(sortedNodes([d!]).some(({ op }) => op.name === "exp")).toBe(true);
    expect(d!.shape).toEqual([2, 3]);
  });

  it("have the element type of what they are for", () => {
    const wide = input("w", "f64", [2]);
    const [d] = gradients(reduceSum(mul(cast(wide, "f32"), 2)), [wide]);
    expect(d!.type).toBe("f64");
  });

  it("need a scalar", () => {
    expect(() => gradients(x, [x])).toThrow("gradients: got shape [2,3], expected a scalar: reduce it first");
  });

  it("do not exist behind some ops, which say why", () => {
    const steps = reduceSum(floor(x));
    expect(() => gradients(steps, [x])).toThrow(ShapeError);
    expect(() => gradients(steps, [x])).toThrow(/'floor' has no gradient: piecewise constant; take it out of the path/);
    // Off the path there may be such an op.
    expect(() => gradients(reduceSum(mul(floor(x), y)), [y])).not.toThrow();
  });

  it("end where numbers become truth values or indices", () => {
    const [dx, dy] = gradients(reduceSum(mul(cast(greater(x, 0), "f32"), y)), [x, y]);
    expect(constantData(dx!)).toEqual(new Float32Array(6));
    expect(sortedNodes([dy!]).some(({ op }) => op.name === "greater")).toBe(true);
  });

  it("do not pass a stopped value, whatever it was computed by", () => {
    const [dx, dy] = gradients(reduceSum(mul(stopGradient(floor(x)), y)), [x, y]);
    expect(constantData(dx!)).toEqual(new Float32Array(6));
    expect(print(dy!).at(-2)).toMatch(/= mul \w (\w)$/);
    expect(sortedNodes([dy!]).some(({ op }) => op.name === "stopGradient")).toBe(true);
    // d(x · stop(x))/dx = stop(x): the other factor's share alone.
    const [once] = gradients(reduceSum(mul(x, stopGradient(x))), [x]);
    expect(sortedNodes([once!]).map(({ op }) => op.name)).not.toContain("add");
  });

  it("ask an op of many outputs for what is used of them", () => {
    const s = input("s", "f32", [3]);
    const [, , variance] = batchNormTraining(x, s, s);
    const [dx, ds] = gradients(reduceSum(variance), [x, s]);
    expect(dx!.shape).toEqual([2, 3]);
    expect(constantData(ds!)).toEqual(new Float32Array(3));
  });

  it("go through graphs deeper than the call stack", () => {
    let deep: Value = x;
    for (let i = 0; i < 20_000; i++) deep = neg(deep);
    const [dx] = gradients(reduceSum(deep), [x]);
    expect(dx!.shape).toEqual([2, 3]);
  });
});

it("vectorJacobianProduct starts from given gradients of several outputs", () => {
  const [u, v] = [input("u", "f32", [2, 3]), input("v", "f32", [])];
  const [dx] = vectorJacobianProduct([neg(x), reduceSum(x)], [u, v], [x]);
  expect(print(dx!)).toContain("return d=d");
  expect(sortedNodes([dx!]).map(({ op }) => op.name)).toEqual(expect.arrayContaining(["neg", "broadcastTo", "add"]));
});
