import { describe, expect, it } from "vitest";
import { ShapeError } from "../../base/core/index.ts";
import { add, mul } from "./ops/arithmetic.ts";
import { batchNormTraining } from "./ops/normalization.ts";
import { relu } from "./ops/selection.ts";
import { createNode, input, type Value } from "./value.ts";
import { verifyGraph } from "./verify.ts";

const x = input("x", "f32", [2, 3]);
const y = relu(x);

/** An output of a node as a faulty pass might make it. */
const broken = (change: Partial<Parameters<typeof createNode>[3][number]>, op = y.node.op): Value =>
  createNode(op, [x], {}, [{ type: "f32", shape: [2, 3], ...change }]).outputs[0]!;

const verify = (value: Value): void => verifyGraph({ name: "g", outputs: { y: value } });

describe("verifyGraph", () => {
  it("passes graphs that ops built", () => {
    const s = input("s", "f32", [3]);
    const [normalized, mean] = batchNormTraining(x, s, s);
    expect(() => verifyGraph({ name: "g", outputs: { y: mul(add(y, 1), x), normalized, mean } })).not.toThrow();
  });

  it.each<[string, Value, RegExp]>([
    ["a wrong shape", broken({ shape: [3, 2] }), /^internal: g: 'relu' has outputs f32\[3,2\], expected f32\[2,3\]$/],
    ["a wrong element type", broken({ type: "f64" }), /f64\[2,3\], expected f32\[2,3\]/],
    [
      "a wrong count of outputs",
      createNode(y.node.op, [x], {}, [x, x]).outputs[0]!,
      /f32\[2,3\] f32\[2,3\], expected f32\[2,3\]/,
    ],
    ["an op that nobody defined", broken({}, { name: "made up" }), /'made up' is not registered/],
    ["a wrong value deep inside", add(relu(broken({ shape: [2, 3, 1] })), 1), /'relu' has outputs f32\[2,3,1\]/],
    [
      "inputs that do not fit",
      createNode(add(x, x).node.op, [x, input("z", "f32", [5])], {}, [x]).outputs[0]!,
      /add: sizes differ/,
    ],
    ["two inputs of one name", add(x, input("x", "f32", [2, 3])), /two inputs named 'x'/],
  ])("refuses %s", (_, value, message) => {
    expect(() => verify(value)).toThrow(ShapeError);
    expect(() => verify(value)).toThrow(message);
  });

  it("refuses an output that another node made", () => {
    const node = { ...y.node, outputs: [{ ...y, node: x.node }] };
    const taken: Value = { ...y, node };
    expect(() => verify(taken)).toThrow(/'relu' holds a foreign output/);
  });
});
