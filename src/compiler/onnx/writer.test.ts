import { describe, expect, it } from "vitest";
import { ModelError } from "../../base/core/index.ts";
import {
  add,
  batchNormTraining,
  constant,
  conv2d,
  convInputGradient,
  exp,
  gradients,
  input,
  matmul,
  mul,
  neg,
  reduceSum,
  relu,
  type Value,
} from "../graph/index.ts";
import { decodeModel, readOnnxPorts } from "./format.ts";
import { describeGraph, writeOnnx } from "./writer.ts";

/** A convolution with normalization and its gradients, built afresh. */
function step() {
  const x = input("x", "f32", [2, 3, 4, 4]);
  const w = input("w", "f32", [4, 3, 3, 3]);
  const s = input("s", "f32", [4]);
  const [y, mean] = batchNormTraining(conv2d(x, w, { padding: [1, 1, 1, 1] }), s, s);
  const loss = reduceSum(mul(relu(y), 0.5));
  const [dw, ds] = gradients(loss, [w, s]);
  return { name: "step", outputs: { loss, mean, dw: dw!, ds: ds! } };
}

const decoded = (outputs: Record<string, Value>, ...rest: [] | [Parameters<typeof writeOnnx>[1]]) =>
  decodeModel(writeOnnx({ name: "g", outputs }, ...rest));

describe("writeOnnx", () => {
  it("gives the same bytes for the same graph, built twice", () => {
    expect(Buffer.compare(writeOnnx(step()), writeOnnx(step()))).toBe(0);
  });

  it("gives every tensor one maker, before its first use", () => {
    const { inputs, initializers, nodes, outputs } = decodeModel(writeOnnx(step()));
    const made = new Set([...inputs, ...initializers].map(({ name }) => name));
    for (const node of nodes) {
      for (const name of node.inputs) expect(name === "" || made.has(name), name).toBe(true);
      for (const name of node.outputs) {
        expect(made.has(name), name).toBe(false);
        made.add(name);
      }
    }
    expect(outputs.map(({ name }) => name)).toEqual(["loss", "mean", "dw", "ds"]);
    for (const { name } of outputs) expect(made.has(name)).toBe(true);
  });

  it("writes metadata, and sizes that only have a name", () => {
    const x = input("x", "f32", ["batch", 3, "height"]);
    const metadata = { "cosface.channels": "rgb", note: "ü → 人" };
    expect(readOnnxPorts(writeOnnx({ name: "g", outputs: { y: neg(x) } }, { metadata }))).toEqual({
      inputs: [{ name: "x", type: "f32", shape: ["batch", 3, "height"] }],
      outputs: [{ name: "y", type: "f32", shape: ["batch", 3, "height"] }],
      metadata,
    });
  });

  it("puts parameters that are given into the file, and leaves the others as inputs", () => {
    const [x, w, b] = [input("x", "f32", ["n", 2]), input("w", "f32", [2, 2]), input("b", "f32", [2])];
    const data = Float32Array.of(1, 2, 3, 4);
    const model = decoded(
      { y: add(matmul(x, w), b) },
      {
        initializers: new Map([
          ["w", data],
          ["unused", data],
        ]),
      },
    );
    expect(model.inputs.map(({ name }) => name)).toEqual(["x", "b"]);
    expect(model.initializers).toEqual([{ name: "w", type: "f32", shape: [2, 2], data }]);
  });

  it("writes parameters that are views of a larger buffer", () => {
    const w = input("w", "f32", [2]);
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    expect(decoded({ y: neg(w) }, { initializers: new Map([["w", data]]) }).initializers[0]!.data).toEqual(
      Float32Array.of(1, 2),
    );
  });

  it("stores small constants once, and never takes one for another", () => {
    const x = input("x", "f32", [2]);
    const values = [1, 1, 2, 0, -0, Number.NaN, Infinity].map((value) => add(x, value));
    const { initializers } = decoded(Object.fromEntries(values.map((value, i) => [`y${i}`, value])));
    expect(initializers.map(({ data }) => data[0])).toEqual([1, 2, 0, -0, Number.NaN, Infinity]);
    const ramp = () =>
      constant(
        Float32Array.from({ length: 40_000 }, (_, i) => i),
        [40_000],
      );
    expect(decoded({ a: neg(ramp()), b: exp(ramp()) }).initializers).toHaveLength(2);
  });

  it("stores large constants of every type unchanged", () => {
    const datas = [
      Float32Array.from({ length: 40_000 }, (_, i) => i / 7),
      Float64Array.from({ length: 40_000 }, (_, i) => i / 7),
      Int32Array.from({ length: 40_000 }, (_, i) => -i),
      BigInt64Array.from({ length: 40_000 }, (_, i) => BigInt(i) - 2n ** 62n),
      Uint8Array.from({ length: 40_000 }, (_, i) => i),
    ];
    const outputs = datas.map((data, i): [string, Value] => [`y${i}`, neg(constant(data, [40_000]))]);
    const { initializers } = decoded(Object.fromEntries(outputs));
    expect(initializers.map(({ type }) => type)).toEqual(["f32", "f64", "i32", "i64", "u8"]);
    for (const [i, { data }] of initializers.entries()) {
      const [a, b] = [data, datas[i]!].map((d) => Buffer.from(d.buffer, d.byteOffset, d.byteLength));
      expect(a!.equals(b!)).toBe(true);
    }
  });

  it("lets an output bear its name where it is made, and copies it where two want it", () => {
    const x = input("x", "f32", [2]);
    const y = neg(x);
    expect(decoded({ y }).nodes).toMatchObject([{ opType: "Neg", inputs: ["x"], outputs: ["y"] }]);
    expect(decoded({ y, again: y, same: x }).nodes).toMatchObject([
      { opType: "Neg", outputs: ["y"] },
      { opType: "Identity", inputs: ["y"], outputs: ["again"] },
      { opType: "Identity", inputs: ["x"], outputs: ["same"] },
    ]);
  });

  it("keeps names apart that a graph and the writer both want", () => {
    const x = input("Neg_0", "f32", [2]);
    const { nodes } = decoded({ constant_0: exp(neg(neg(x))), Neg_1: add(x, 1) });
    const names = ["Neg_0", ...nodes.flatMap(({ outputs }) => outputs)];
    expect(new Set(names).size).toBe(names.length);
  });

  it("refuses an output with the name of an input", () => {
    const x = input("x", "f32", [2]);
    const write = () => writeOnnx({ name: "g", outputs: { x: neg(x) } });
    expect(write).toThrow(ModelError);
    expect(write).toThrow("g: input and output are both named 'x': rename one");
  });
});

it("gives every convolution its kernel_shape, which other readers require", () => {
  const [x, w] = [input("x", "f32", [1, 2, 6, 6]), input("w", "f32", [4, 2, 3, 3])];
  const y = conv2d(x, w, { stride: [2, 2] });
  const dx = convInputGradient(y, w, [6, 6], { stride: [2, 2] });
  const { nodes } = describeGraph({ name: "g", outputs: { y, dx } });
  expect(nodes.map(({ opType, attributes }) => [opType, attributes.kernel_shape])).toEqual([
    ["Conv", [3, 3]],
    ["ConvTranspose", [3, 3]],
  ]);
});
