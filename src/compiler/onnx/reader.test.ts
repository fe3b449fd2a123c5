import { clone, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, ValueInfoProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { onnxBytes } from "../../../test/onnx-bytes.ts";
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
  outputEntries,
  outputOf,
  outputValues,
  printGraph,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  rewrite,
  type Shape,
  shareEqualNodes,
  verifyGraph,
} from "../graph/index.ts";
import { createSession } from "../runtime/index.ts";
import { encodeModel, type OnnxNode, readOnnxPorts, type TypedPort } from "./format.ts";
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
  const inputs = Object.entries(shapes).map(([name, shape]): TypedPort => ({ name, type: "f32", shape }));
  const relus = inputs.map(({ name }, i) => ({ opType: "Relu", inputs: [name], outputs: [`y${i}`], attributes: {} }));
  const outputs = relus.map(({ outputs: [name] }, i) => ({ ...inputs[i]!, name: name! }));
  return encodeModel({ name: "", inputs, outputs, nodes: [...relus, ...nodes], initializers: [], metadata: {} });
};
const shapesOf = (...[file, options]: Parameters<typeof readOnnx>): Shape[] =>
  outputValues(readOnnx(file, options).graph).map(({ shape }) => shape);

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
    const results = gradients(reduceSum(mul(outputOf(graph, "y")!, outputOf(graph, "y")!)), values);
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
    const port: TypedPort = { name: "x", type: "f32", shape: [2] };
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
    const reshaped = reshape(outputOf(graph, "y0")!, ["N_C", 21]);
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

it("names ops without an importer, with their counts, and the supported ones", () => {
  const nodes = ["a", "b"].map((output) => ({ opType: "Loop", inputs: [], outputs: [output], attributes: {} }));
  expect(() => readOnnx(ports({ a0: [1] }, nodes))).toThrow(
    /^ONNX file: got ops that cannot be read into a graph: Loop \(2\)\. .* these ops: Abs, .*Where$/,
  );
});

describe("outputs", () => {
  const names = ["z", "449", "446", "1", "a"];
  const file = encodeModel({
    name: "g",
    inputs: [{ name: "x", type: "f32", shape: [2] }],
    outputs: names.map((name) => ({ name, type: "f32", shape: [2] })),
    nodes: names.map((name) => ({ opType: "Relu", inputs: ["x"], outputs: [name], attributes: {} })),
    initializers: [],
    metadata: {},
  });

  it("keep the file's order, whatever their names, through passes and writing", () => {
    const { graph } = readOnnx(file);
    expect(outputEntries(graph).map(([name]) => name)).toEqual(names);
    const passed = rewrite(shareEqualNodes(graph), () => undefined);
    expect(readOnnxPorts(writeOnnx(passed)).outputs.map(({ name }) => name)).toEqual(names);
    expect(printGraph(passed).split("\n").at(-1)).toBe("  return z=a 449=a 446=a 1=a a=a");
  });
});

describe("elements of 16 bits", () => {
  const bits = [0x3c00, 0xc000, 0x0001, 0x8000, 0x7bff, 0x7c00, 0x3555];
  const values = [1, -2, 2 ** -24, -0, 65504, Number.POSITIVE_INFINITY, 0.333251953125];
  const model = (type: "float16" | "bfloat16", elements: readonly number[]) =>
    onnxBytes({
      inputs: { x: [elements.length] },
      initializers: { half: { shape: [elements.length], type, values: elements } },
      nodes: [
        ["Cast", ["half"], ["w"], { to: 1 }],
        ["Mul", ["x", "w"], ["y"]],
      ],
    });

  it("become f32 parameters", () => {
    const { graph, parameters } = readOnnx(model("float16", bits));
    expect(printGraph(graph)).toBe("test(x: f32[7], half: f32[7])\n  a: f32[7] = mul x half\n  return y=a");
    expect(parameters.get("half")!.data).toEqual(Float32Array.from(values));
  });

  it("are the upper halves of f32 as bfloat16", () => {
    const { parameters } = readOnnx(model("bfloat16", [0x3f80, 0xc000, 0x7f80]));
    expect(parameters.get("half")!.data).toEqual(Float32Array.of(1, -2, Number.POSITIVE_INFINITY));
  });

  it("are those that ONNX Runtime reads", async () => {
    const bytes = model(
      "float16",
      bits.filter((half) => half !== 0x7c00),
    );
    const { graph, parameters } = readOnnx(bytes);
    const written = writeOnnx(graph, {
      initializers: new Map([...parameters].map(([name, { data }]) => [name, data])),
    });
    const feeds = { x: { type: "f32", shape: [6], data: Float32Array.from({ length: 6 }, (_, i) => i + 1) } } as const;
    const [expected, got] = await Promise.all(
      [bytes, written].map(async (file) => {
        const session = await createSession(file, { threads: 1 });
        return session.run(feeds).finally(() => session.close());
      }),
    );
    expect(got!.y!.data).toEqual(expected!.y!.data);
  });

  it("may be declared by ports, which bear ONNX's names of types", () => {
    const { inputs, outputs } = readOnnxPorts(
      declared([
        { name: "images", elemType: 10 },
        { name: "labels", elemType: 8 },
      ]),
    );
    expect(inputs.map(({ name, type }) => `${name}: ${type}`)).toEqual(["images: float16", "labels: string"]);
    expect(outputs.map(({ type }) => type)).toEqual(["f32"]);
    expect(() => readOnnx(declared([{ name: "labels", elemType: 8 }]))).toThrow(
      "ONNX file: 'labels' has type string, expected f32, f64, i32, i64, u8, bool, float16 or bfloat16",
    );
  });
});

/** A file with inputs of these element types. */
function declared(inputs: readonly { readonly name: string; readonly elemType: number }[]): Uint8Array {
  const model = fromBinary(ModelProtoSchema, onnxBytes({ inputs: { x: [1] }, nodes: [["Relu", ["x"], ["y"]]] }));
  const [first] = model.graph!.input;
  model.graph!.input = inputs.map(({ name, elemType }) => {
    const port = clone(ValueInfoProtoSchema, first!);
    port.name = name;
    if (port.type?.value.case === "tensorType") port.type.value.value.elemType = elemType;
    return port;
  });
  return toBinary(ModelProtoSchema, model);
}
