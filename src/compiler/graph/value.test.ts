import { describe, expect, it } from "vitest";
import { ShapeError } from "../../base/core/index.ts";
import { graphInputs, sortedNodes } from "./graph.ts";
import { allOps, applyAll, defineOp, opOf } from "./op.ts";
import { add, mul, neg } from "./ops/arithmetic.ts";
import { broadcastShapes, elementCount, fixedSize, normalizeAxis, reducedShape, sameShape } from "./shape.ts";
import {
  constant,
  constantData,
  fill,
  formatType,
  input,
  inputName,
  scalar,
  shortestFloat,
  typedArray,
} from "./value.ts";

describe("constants", () => {
  it("take their type from their elements, or as it is given", () => {
    expect(formatType(constant(Float64Array.of(1, 2), [2, 1]))).toBe("f64[2,1]");
    expect(formatType(constant(Uint8Array.of(1), [1]))).toBe("u8[1]");
    expect(formatType(constant(Uint8Array.of(1), [1], "bool"))).toBe("bool[1]");
    expect(formatType(constant(BigInt64Array.of(1n), []))).toBe("i64[]");
  });

  it("have as many elements as their shape", () => {
    expect(() => constant(Float32Array.of(1, 2), [3])).toThrow(ShapeError);
    expect(() => constant(Float32Array.of(1, 2), [3])).toThrow("got 2 elements, expected 3 for shape [3]");
    expect(constantData(fill([2, 2], 7, "i64"))).toEqual(BigInt64Array.of(7n, 7n, 7n, 7n));
  });

  it.each([
    ["f32", Float32Array.of(2.5)],
    ["f64", Float64Array.of(2.5)],
    ["i32", Int32Array.of(2)],
    ["i64", BigInt64Array.of(3n)],
    ["u8", Uint8Array.of(2)],
  ] as const)("hold numbers in arrays of %s", (type, expected) => {
    expect(typedArray(type, [2.5])).toEqual(expected);
  });

  it("are what computed values are not", () => {
    expect(constantData(input("x", "f32", []))).toBeUndefined();
    expect(constantData(neg(scalar(1)))).toBeUndefined();
  });
});

describe("numbers beside values", () => {
  it("take the value's element type, on either side", () => {
    const x = input("x", "f64", [2]);
    for (const y of [add(x, 1), add(1, x)]) {
      expect(y.type).toBe("f64");
      expect(y.node.inputs.map(({ type }) => type)).toEqual(["f64", "f64"]);
    }
    expect(constantData(mul(input("i", "i64", [1]), 3).node.inputs[1]!)).toEqual(BigInt64Array.of(3n));
  });
});

describe("inputs", () => {
  it("have names", () => {
    expect(inputName(input("pixels", "u8", [1]))).toBe("pixels");
    expect(() => inputName(scalar(1))).toThrow("internal: got a 'constant', expected an input");
  });

  it("are found in the order in which they are asked for, once each", () => {
    const [a, b] = [input("a", "f32", [2]), input("b", "f32", [2])];
    expect([...graphInputs({ name: "g", outputs: { y: add(mul(b, a), b) } }).keys()]).toEqual(["b", "a"]);
  });
});

describe("sortedNodes", () => {
  it("puts each node once and behind what it needs, also where paths cross", () => {
    const x = input("x", "f32", []);
    const a = neg(x);
    const b = add(a, x);
    const c = mul(b, a);
    expect(sortedNodes([c, a])).toEqual([x.node, a.node, b.node, c.node]);
  });

  it("takes no longer for many paths: 2⁴⁰ of them", () => {
    let x = input("x", "f32", []);
    for (let i = 0; i < 40; i++) x = add(x, x);
    expect(sortedNodes([x])).toHaveLength(41);
  });
});

describe("ops", () => {
  it("are registered under one name each, inputs and constants are none", () => {
    const names = allOps().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(opOf(neg(scalar(1)).node.op)?.name).toBe("neg");
    expect(opOf(scalar(1).node.op)).toBeUndefined();
    expect(() => defineOp(allOps()[0]!)).toThrow(/op 'add' is defined twice/);
  });

  it("have samples that their own shape rules accept", () => {
    for (const op of allOps()) {
      expect(op.samples().length, op.name).toBeGreaterThan(0);
      for (const { inputs, attributes = {} } of op.samples()) {
        const values = inputs.map(({ shape, type = "f32" }, i) => input(`x${i}`, type, shape));
        expect(() => applyAll(op, values, attributes), op.name).not.toThrow();
      }
    }
  });
});

describe("shapes", () => {
  it.each([
    [[2, 3], [3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [
      ["n", 3],
      [1, 1],
      ["n", 3],
    ],
    [["n"], ["n"], ["n"]],
    [[], [0, 2], [0, 2]],
  ])("broadcast: %j and %j to %j", (a, b, expected) => {
    expect(broadcastShapes("add", a, b)).toEqual(expected);
    expect(broadcastShapes("add", b, a)).toEqual(expected);
  });

  it.each([
    [[2], [3]],
    [["n"], [3]],
    [["n"], ["m"]],
    [[2, 3], [2]],
  ])("do not broadcast: %j and %j", (a, b) => {
    expect(() => broadcastShapes("add", a, b)).toThrow(/^add: sizes differ on axis \d: got \[.*\] and \[.*\]/);
  });

  it("count axes from either end", () => {
    expect([0, 2, -1, -3].map((axis) => normalizeAxis("f", axis, 3))).toEqual([0, 2, 2, 0]);
    for (const axis of [3, -4, 0.5, Number.NaN]) {
      expect(() => normalizeAxis("f", axis, 3)).toThrow(`f: got axis ${axis}, expected one of a rank-3 shape`);
    }
  });

  it("are counted, compared and reduced", () => {
    expect(elementCount([2, 3, 4])).toBe(24);
    expect(elementCount([])).toBe(1);
    expect(() => elementCount([2, "n"])).toThrow(/got the size 'n', expected a number/);
    expect(() => fixedSize("pool", undefined)).toThrow(/^pool: /);
    expect([sameShape([1, "n"], [1, "n"]), sameShape([1], [1, 1]), sameShape([1], [2])]).toEqual([true, false, false]);
    expect(reducedShape(["n", 3, 4], [1], true)).toEqual(["n", 1, 4]);
    expect(reducedShape(["n", 3, 4], [1, 2], false)).toEqual(["n"]);
  });
});

it.each([
  [Math.fround(0.35), 0.35],
  [Math.fround(1e-5), 1e-5],
  [Math.fround(1 / 3), 0.33333334],
  [2 ** 24 + 2, 2 ** 24 + 2],
  [-0, -0],
  [Infinity, Infinity],
  [Number.NaN, Number.NaN],
])("shortestFloat of %d is %d", (float, short) => {
  expect(shortestFloat(float)).toBe(short);
});
