import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { random } from "../../../../base/core/index.ts";
import { describeGraph, writeOnnx } from "../../../onnx/writer.ts";
import { createSession, type Session, type Tensor, type Tensors } from "../../../runtime/index.ts";
import { withLowering } from "../../rewrite.ts";
import { input, type Value } from "../../value.ts";
import { conv2d, convInputGradient, convWeightGradient } from "./convolution.ts";

const sessions: Session[] = [];
afterAll(() => Promise.all(sessions.map((session) => session.close())));

type Case = {
  readonly batch: number;
  readonly channels: number;
  readonly outputs: number;
  readonly size: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  readonly stride: number;
};

type Lowering = "direct" | "winograd";

/** A convolution with bias by a lowering, and both of its gradients, directly or not. */
async function run({ batch, channels, outputs, size, padding, stride }: Case, lowering: Lowering): Promise<Tensors> {
  const reached = (axis: 0 | 1) => Math.floor((size[axis] + padding[axis] + padding[axis + 2]! - 3) / stride) + 1;
  const options = { padding, stride: [stride, stride] } as const;
  const types = {
    x: [batch, channels, ...size],
    w: [outputs, channels, 3, 3],
    bias: [outputs],
    dy: [batch, outputs, reached(0), reached(1)],
  };
  const [x, w, bias, dy] = Object.entries(types).map(([name, shape]) => input(name, "f32", shape)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const by = (value: Value, lowering: Lowering) =>
    lowering === "direct" ? value : withLowering(value.node, value.node.inputs, lowering)[0]!;
  const outputsOf = {
    y: by(conv2d(x, w, { bias, ...options }), lowering),
    dx: by(convInputGradient(dy, w, size, options), lowering),
    dw: by(convWeightGradient(x, dy, [3, 3], options), lowering),
  };
  const session = await createSession(writeOnnx({ name: "winograd", outputs: outputsOf }), { threads: 1 });
  sessions.push(session);
  const feeds = Object.entries(types).map(([name, shape]): [string, Tensor] => {
    const stream = random(1, name);
    const count = shape.reduce((a, b) => a * b, 1);
    return [name, { type: "f32", shape, data: Float32Array.from({ length: count }, () => stream.uniform(-1, 1)) }];
  });
  return session.run(Object.fromEntries(feeds));
}

/** Largest difference, as a share of the largest number. */
function error(got: Tensor, expected: Tensor): number {
  expect(got.shape).toEqual(expected.shape);
  let [difference, largest] = [0, 0];
  for (let i = 0; i < expected.data.length; i++) {
    difference = Math.max(difference, Math.abs(Number(got.data[i]) - Number(expected.data[i])));
    largest = Math.max(largest, Math.abs(Number(expected.data[i])));
  }
  return difference / largest;
}

describe("Winograd's convolution", () => {
  it("is the direct one, with its gradients, at every size and padding", async () => {
    const border = fc.integer({ min: 0, max: 2 });
    const length = fc.integer({ min: 3, max: 11 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          batch: fc.integer({ min: 1, max: 3 }),
          channels: fc.integer({ min: 1, max: 4 }),
          outputs: fc.integer({ min: 1, max: 4 }),
          size: fc.tuple(length, length),
          padding: fc.tuple(border, border, border, border),
          stride: fc.integer({ min: 1, max: 2 }),
        }),
        async (geometry) => {
          const direct = await run(geometry, "direct");
          const winograd = await run(geometry, "winograd");
          for (const name of ["y", "dx", "dw"]) expect(error(winograd[name]!, direct[name]!)).toBeLessThan(2e-5);
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each([1, 2])("stays within some 10⁻⁵ of the largest output over many channels, at stride %i", async (stride) => {
    const deep: Case = { batch: 2, channels: 256, outputs: 64, size: [14, 12], padding: [1, 1, 1, 1], stride };
    const [direct, winograd] = [await run(deep, "direct"), await run(deep, "winograd")];
    for (const name of ["y", "dx", "dw"]) {
      const off = error(winograd[name]!, direct[name]!);
      expect(off).toBeLessThan(5e-5);
      expect(off).toBeGreaterThan(0); // Else both were the same lowering.
    }
  });
});

describe("the transforms of a convolution and its gradients", () => {
  it("are shared between the gradients, and not with the convolution", () => {
    const [x, w, dy] = [
      [2, 4, 8, 8],
      [4, 4, 3, 3],
      [2, 4, 8, 8],
    ].map((shape, i) => input(`input${i}`, "f32", shape)) as [Value, Value, Value];
    const options = { padding: [1, 1, 1, 1] } as const;
    const all = {
      y: conv2d(x, w, options),
      dx: convInputGradient(dy, w, [8, 8], options),
      dw: convWeightGradient(x, dy, [3, 3], options),
    };
    const productCount = (...names: (keyof typeof all)[]) => {
      const outputs = names.map((name) => {
        const { node } = all[name];
        return [name, withLowering(node, node.inputs, "winograd")[0]!];
      });
      const { nodes } = describeGraph({ name: "shared", outputs: Object.fromEntries(outputs) });
      return nodes.filter(({ opType }) => opType === "Gemm" || opType === "MatMul").length;
    };
    const apart = productCount("y") + productCount("dx") + productCount("dw");
    // That of dy, along rows and along columns.
    expect(productCount("dx", "dw")).toBe(productCount("dx") + productCount("dw") - 2);
    expect(productCount("y", "dx", "dw")).toBe(apart - 2);
  });
});
