import { describe, expect, it } from "vitest";
import { graphInputs, sortedNodes } from "./graph.ts";
import { add, mul, neg, reduceSum, sub } from "./ops/arithmetic.ts";
import { abs, exp } from "./ops/elementwise.ts";
import { pad } from "./ops/layout.ts";
import { averagePool } from "./ops/pooling.ts";
import { clip } from "./ops/selection.ts";
import { printGraph } from "./print.ts";
import { rewrite, rewriteValues, shareEqualNodes, substitute, withAttributes } from "./rewrite.ts";
import { constant, fill, input, scalar, type Value } from "./value.ts";
import { verifyGraph } from "./verify.ts";

const x = input("x", "f32", [4]);
const y = input("y", "f32", [4]);
const square = input("square", "f32", [2, 2]);

const nodeCount = (...values: Value[]): number => sortedNodes(values).length;
const shared = (...values: Value[]): Value[] => {
  const outputs = Object.fromEntries(values.map((value, i) => [`o${i}`, value]));
  const graph = shareEqualNodes({ name: "g", outputs });
  verifyGraph(graph);
  return Object.values(graph.outputs);
};

describe("shareEqualNodes", () => {
  it("computes equal things once, however deep they lie", () => {
    const [a, b] = shared(exp(neg(add(x, 1))), exp(neg(add(x, 1))));
    expect(a).toBe(b);
    // x, 1, add, neg, exp
    expect(nodeCount(a!, b!)).toBe(5);
  });

  it("shares equal constants, also larger ones", () => {
    const ramp = () =>
      constant(
        Float32Array.from({ length: 1000 }, (_, i) => i),
        [1000],
      );
    expect(nodeCount(...shared(neg(ramp()), abs(ramp())))).toBe(3);
  });

  it("leaves constants as large as weights alone", () => {
    const weights = () => constant(new Float32Array(2 ** 17 + 1), [2 ** 17 + 1]);
    expect(nodeCount(...shared(neg(weights()), abs(weights())))).toBe(4);
  });

  it.each<[string, Value, Value]>([
    ["ops", neg(x), abs(x)],
    ["inputs", neg(x), neg(y)],
    ["orders of inputs", sub(x, y), sub(y, x)],
    ["attributes", clip(x, 0, 1), clip(x, 0, 2)],
    ["infinite attributes", clip(x, -Infinity, 0), clip(x, Number.NaN, 0)],
    [
      "signs of infinite attributes",
      pad(x, { axis: 0, before: 1, after: 0, value: Infinity }),
      pad(x, { axis: 0, before: 1, after: 0, value: -Infinity }),
    ],
    ["signs of zero attributes", clip(x, -0, 1), clip(x, 0, 1)],
    ["lists of attributes", reduceSum(square, { axes: [0] }), reduceSum(square, { axes: [1] })],
    ["constants", add(x, 1), add(x, 2)],
    ["signs of zero constants", add(x, 0), add(x, -0)],
    ["shapes of constants", add(x, scalar(1)), add(x, fill([1], 1))],
    ["types of constants", scalar(1, "f32"), scalar(1, "f64")],
    ["types of the same bytes", constant(Uint8Array.of(1), [1], "u8"), constant(Uint8Array.of(1), [1], "bool")],
    ["last digits of constants", scalar(0.1, "f64"), scalar(0.1 + Number.EPSILON / 8, "f64")],
  ])("never merges different %s", (_, a, b) => {
    const [left, right] = shared(a, b);
    expect(left).not.toBe(right);
    expect(nodeCount(left!, right!)).toBe(nodeCount(a, b));
  });

  it("keeps inputs as they are", () => {
    const graph = shareEqualNodes({ name: "g", outputs: { z: add(x, y) } });
    expect([...graphInputs(graph).values()]).toEqual([x, y]);
  });
});

describe("rewrite", () => {
  it("puts other values in place of a node's, and what follows behind them", () => {
    const graph = rewrite({ name: "g", outputs: { z: exp(neg(x)) } }, (node, [given]) =>
      node.op.name === "neg" ? [mul(given!, -1)] : undefined,
    );
    expect(printGraph(graph)).toBe("g(x: f32[4])\n  a: f32[4] = mul x -1\n  b: f32[4] = exp a\n  return z=b");
  });

  it("gives the very same nodes where nothing changes", () => {
    const z = exp(neg(x));
    expect(rewriteValues([z], () => undefined)[0]).toBe(z);
  });

  it("keeps shared nodes shared", () => {
    const common = neg(x);
    const [z] = rewriteValues([add(exp(common), abs(common))], (node, [given]) =>
      node.op.name === "neg" ? [mul(given!, -1)] : undefined,
    );
    expect(nodeCount(z!)).toBe(nodeCount(add(exp(common), abs(common))) + 1);
  });
});

describe("substitute", () => {
  it("puts one graph behind another", () => {
    const [z] = substitute([add(exp(y), x)], new Map([[y, neg(x)]]));
    expect(printGraph({ name: "g", outputs: { z: z! } })).toBe(
      "g(x: f32[4])\n  a: f32[4] = neg x\n  b: f32[4] = exp a\n  c: f32[4] = add b x\n  return z=c",
    );
  });

  it("swaps two inputs at once", () => {
    const [z] = substitute(
      [sub(x, y)],
      new Map([
        [x, y],
        [y, x],
      ]),
    );
    expect(z!.node.inputs).toEqual([y, x]);
  });
});

it("withAttributes changes some attributes and keeps the others", () => {
  const picture = input("p", "f32", [1, 1, 4, 4]);
  const pooled = averagePool(picture, { kernel: [2, 2] });
  const [changed] = withAttributes(pooled.node, [picture], { note: "fast" });
  expect(changed!.node.attributes).toEqual({ ...pooled.node.attributes, note: "fast" });
  expect(changed!.shape).toEqual(pooled.shape);
});
