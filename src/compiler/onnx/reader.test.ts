import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import {
  add,
  constant,
  conv2d,
  gradients,
  graphInputs,
  input,
  matmul,
  mul,
  printGraph,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  type Shape,
  verifyGraph,
} from "../graph/index.ts";
import { encodeModel, type OnnxNode, type OnnxPort } from "./format.ts";
import { readOnnx } from "./reader.ts";
import { writeOnnx } from "./writer.ts";

const weights = new Map([
  ["conv.weight", Float32Array.from({ length: 54 }, (_, i) => Math.sin(i))],
  ["fc.weight", Float32Array.from({ length: 8 }, (_, i) => Math.cos(i))],
  ["fc.bias", Float32Array.of(1, 2, 3, 4)],
]);

/** A small network as a file. */
function network(batch: number | string) {
  const x = input("x", "f32", [batch, 3, 6, 6]);
  const features = relu(conv2d(x, input("conv.weight", "f32", [2, 3, 3, 3]), { stride: [2, 2] }));
  const pooled = reduceMean(features, { axes: [2, 3] });
  const y = add(matmul(pooled, input("fc.weight", "f32", [2, 4])), input("fc.bias", "f32", [4]));
  return { name: "net", outputs: { y } };
}
const bytes = writeOnnx(network("batch"), { initializers: weights, metadata: { license: "MIT" } });

/** A file of one Identity node with inputs of these shapes; "y" is the first one. */
const ports = (shapes: Readonly<Record<string, Shape>>, nodes: readonly OnnxNode[] = []): Uint8Array => {
  const inputs = Object.entries(shapes).map(([name, shape]): OnnxPort => ({ name, type: "f32", shape }));
  const relus = inputs.map(({ name }, i) => ({ opType: "Relu", inputs: [name], outputs: [`y${i}`], attributes: {} }));
  const outputs = relus.map(({ outputs: [name] }, i) => ({ ...inputs[i]!, name: name! }));
  return encodeModel({ name: "", inputs, outputs, nodes: [...relus, ...nodes], initializers: [], metadata: {} });
};
const shapesOf = (...[file, options]: Parameters<typeof readOnnx>): Shape[] =>
  Object.values(readOnnx(file, options).graph.outputs).map(({ shape }) => shape);

describe("readOnnx", () => {
  it("gives the graph, its parameters with their elements, and the metadata", () => {
    const { graph, parameters, metadata } = readOnnx(bytes);
    verifyGraph(graph);
    expect(printGraph(graph)).toBe(printGraph(network("batch")));
    expect(metadata).toEqual({ license: "MIT" });
    expect([...parameters].map(([name, { data }]) => [name, data])).toEqual([...weights]);
    for (const [name, { value }] of parameters) expect(graphInputs(graph).get(name)).toBe(value);
  });

  it("gives what writes the same bytes again", () => {
    const { graph, parameters, metadata } = readOnnx(bytes);
    const initializers = new Map([...parameters].map(([name, { data }]) => [name, data]));
    const again = writeOnnx(graph, { initializers, metadata });
    const third = readOnnx(again);
    expect(Buffer.compare(writeOnnx(third.graph, { initializers, metadata }), again)).toBe(0);
  });

  it("gives parameters that can be trained", () => {
    const { graph, parameters } = readOnnx(bytes, { batch: 2 });
    const values = [...parameters.values()].map(({ value }) => value);
    const results = gradients(reduceSum(mul(graph.outputs.y!, graph.outputs.y!)), values);
    expect(results.map(({ shape }) => shape)).toEqual(values.map(({ shape }) => shape));
    verifyGraph({ name: "step", outputs: Object.fromEntries(results.map((value, i) => [`d${i}`, value])) });
  });

  it("keeps the elements of parameters apart from the bytes they came from", () => {
    const copy = Uint8Array.from(bytes);
    const { parameters } = readOnnx(copy);
    copy.fill(0);
    expect(parameters.get("fc.bias")!.data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it("leaves parameters out that no output needs", () => {
    const port: OnnxPort = { name: "x", type: "f32", shape: [2] };
    const data = Float32Array.of(1, 2);
    const written = encodeModel({
      name: "g",
      inputs: [port],
      outputs: [{ ...port, name: "y" }],
      nodes: [
        { opType: "Mul", inputs: ["x", "needed"], outputs: ["y"], attributes: {} },
        { opType: "Mul", inputs: ["x", "aside"], outputs: ["z"], attributes: {} },
      ],
      initializers: ["aside", "needed", "unused"].map((name) => ({ ...port, name, shape: [2], data })),
      metadata: {},
    });
    expect([...readOnnx(written).parameters.keys()]).toEqual(["needed"]);
  });

  it("takes tensors of whole numbers for constants, small and large", () => {
    const x = input("x", "i64", [2]);
    const table = constant(
      BigInt64Array.from({ length: 10_000 }, (_, i) => BigInt(i)),
      [5000, 2],
    );
    const written = writeOnnx({
      name: "g",
      outputs: { y: add(x, table), z: add(x, constant(BigInt64Array.of(7n), [1])) },
    });
    const { graph, parameters } = readOnnx(written);
    expect(parameters.size).toBe(0);
    expect(printGraph(graph)).toBe(
      "g(x: i64[2])\n  a: i64[5000,2] = add x constant:i64[5000,2]\n  b: i64[2] = add x [7]\n  return y=a z=b",
    );
  });

  it("names a graph that has no name", () => {
    expect(readOnnx(ports({ a: [1] })).graph.name).toBe("graph");
  });
});

describe("open sizes", () => {
  it("stay open under their names", () => {
    expect(shapesOf(ports({ a: ["N", 3], b: ["N", "W"] }))).toEqual([
      ["N", 3],
      ["N", "W"],
    ]);
  });

  it("get names that shapes can be written with", () => {
    const file = ports({ a: ["N,C", "7", 3] });
    expect(shapesOf(file)).toEqual([["N_C", "size_7", 3]]);
    const { graph } = readOnnx(file, { sizes: { "7": 7 } });
    const reshaped = reshape(graph.outputs.y0!, ["N_C", 21]);
    verifyGraph({ name: "g", outputs: { reshaped } });
  });

  it("become the numbers that are given", () => {
    const file = ports({ a: ["N", 3, "H"], b: ["N", "W"] });
    expect(shapesOf(file, { batch: 4 })).toEqual([
      [4, 3, "H"],
      [4, "W"],
    ]);
    expect(shapesOf(file, { sizes: { N: 2, H: 8, W: 9 } })).toEqual([
      [2, 3, 8],
      [2, 9],
    ]);
    expect(shapesOf(file, { batch: 4, sizes: { H: 8 } })).toEqual([
      [4, 3, 8],
      [4, "W"],
    ]);
  });

  it("may be given again where the file fixes the same batch", () => {
    expect(shapesOf(ports({ a: [2, 3] }), { batch: 2 })).toEqual([[2, 3]]);
  });

  it.each([
    [{ batch: 0 }, /size 0 for 'batch', expected a positive whole number/],
    [{ batch: 1.5 }, /size 1.5 for 'batch'/],
    [{ sizes: { N: -1 } }, /size -1 for 'N'/],
    [{ sizes: { height: 8 } }, /a size for 'height', but the file leaves open: N, W/],
  ])("are not given by %j", (options, message) => {
    const read = () => readOnnx(ports({ a: ["N", 3], b: ["N", "W"] }), options);
    expect(read).toThrow(OptionError);
    expect(read).toThrow(message);
  });

  it("are not overruled where the file fixes them", () => {
    expect(() => readOnnx(ports({ a: [1, 3] }), { batch: 2 })).toThrow(/batch 2, but the file fixes 'a' to \[1,3\]/);
  });
});

it("an op without an importer is named, with the tensor that it makes", () => {
  const nodes = [{ opType: "Loop", inputs: [], outputs: ["loop_result"], attributes: {} }];
  expect(() => readOnnx(ports({ a: [1] }, nodes))).toThrow(
    /^ONNX file: Loop that makes 'loop_result': is not supported; these are: Abs, .*Where; in arithmetic on shapes also Ceil, ReduceProd$/,
  );
});
