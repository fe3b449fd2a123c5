import { describe, expect, it } from "vitest";
import {
  conv2d,
  gradients,
  input,
  matmul,
  mul,
  prelu,
  reduceSum,
  reshape,
  transpose,
  type Value,
} from "../../../compiler/graph/index.ts";
import { inOutputOrder } from "./update-order.ts";

/** Two convolutions and a fully connected layer, as inputs by name; the first over images larger than its kernel. */
const shapes = {
  early: [8, 8, 3, 3],
  slope: [8, 1, 1],
  late: [64, 8, 3, 3],
  full: [32, 1024],
} as const;
const parameters = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, input(name, "f32", shape)]));
const { early, slope, late, full } = parameters as Record<keyof typeof shapes, Value>;
const first = prelu(conv2d(input("x", "f32", [2, 8, 16, 16]), early, { padding: [1, 1, 1, 1] }), slope);
const second = conv2d(first, late, { stride: [4, 4], padding: [1, 1, 1, 1] });
const loss = reduceSum(mul(matmul(reshape(second, [2, 1024]), transpose(full, [1, 0])), 1));

const order = (resultCount: number) => {
  const values = Object.values(parameters);
  const updates = gradients(loss, values).map((gradient, i) => ({
    name: Object.keys(shapes)[i]!,
    gradient,
    resultCount,
  }));
  return inOutputOrder(updates).map(({ name }) => name);
};

describe("inOutputOrder", () => {
  it("puts parameters first that are larger than what their gradients are made of, and keeps the order otherwise", () => {
    // full: 64 + 2,048 numbers held against 2 · 32,768 given; late: 4,096 + 2,048 against 2 · 4,608.
    expect(order(2)).toEqual(["late", "full", "early", "slope"]);
  });

  it("counts what the optimizer keeps", () => {
    // late: 6,144 against 4,608.
    expect(order(1)).toEqual(["full", "early", "slope", "late"]);
  });
});
