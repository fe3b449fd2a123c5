import { describe, expect, it } from "vitest";
import { graphInputs, outputValues, sortedNodes } from "../graph.ts";
import { add, neg, reduceSum, reshape, sub } from "../ops/arithmetic.ts";
import { conv2d } from "../ops/convolution/convolution.ts";
import { abs, exp } from "../ops/elementwise.ts";
import { pad } from "../ops/layout.ts";
import { clip } from "../ops/selection.ts";
import { withLowering } from "../rewrite.ts";
import { constant, fill, input, scalar, type Value } from "../value.ts";
import { verifyGraph } from "../verify.ts";
import { shareEqualNodes } from "./share-equal-nodes.ts";

const x = input("x", "f32", [4]);
const y = input("y", "f32", [4]);
const square = input("square", "f32", [2, 2]);
const open = input("open", "f32", ["n"]);
const convolved = conv2d(input("map", "f32", [1, 1, 4, 4]), input("w", "f32", [1, 1, 3, 3]));

const nodeCount = (...values: Value[]): number => sortedNodes(values).length;
const shared = (...values: Value[]): Value[] => {
  const outputs = Object.fromEntries(values.map((value, i) => [`o${i}`, value]));
  const graph = shareEqualNodes({ name: "g", outputs });
  verifyGraph(graph);
  return outputValues(graph);
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
    ["sizes with and without a number", reshape(open, ["n", 1]), reshape(open, [1, "n"])],
    ["lowerings", convolved, withLowering(convolved.node, convolved.node.inputs, "winograd")[0]!],
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
