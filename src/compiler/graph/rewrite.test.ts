import { describe, expect, it } from "vitest";
import { sortedNodes } from "./graph.ts";
import { add, mul, neg, sub } from "./ops/arithmetic.ts";
import { conv2d } from "./ops/convolution/convolution.ts";
import { abs, exp } from "./ops/elementwise.ts";
import { printGraph } from "./print.ts";
import { rewrite, rewriteValues, substitute, withLowering } from "./rewrite.ts";
import { input, type Value } from "./value.ts";

const x = input("x", "f32", [4]);
const y = input("y", "f32", [4]);

const nodeCount = (...values: Value[]): number => sortedNodes(values).length;
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

it("withLowering keeps everything but the way in which a node is written", () => {
  const y = conv2d(input("i", "f32", [1, 1, 4, 4]), input("w", "f32", [1, 1, 3, 3]));
  const [changed] = withLowering(y.node, y.node.inputs, "winograd");
  expect(changed!.node).toMatchObject({ op: y.node.op, attributes: y.node.attributes, lowering: "winograd" });
  expect(changed!.shape).toEqual(y.shape);
  const printed = (value: Value) => printGraph({ name: "g", outputs: { y: value } });
  expect(printed(changed!)).toBe(printed(y).replace("groups=1", "groups=1 lowering=winograd"));
  const [again] = rewriteValues([changed!], (node) => (node.op === y.node.op ? undefined : [...node.outputs]));
  expect(again!.node.lowering).toBe("winograd");
});
