/**
 * Damaged and hostile ONNX files: bytes damaged as those of any file, and models whose parts are renamed, reordered,
 * reshaped, retyped, rewired, repeated or taken out, as faulty exporters and attackers would.
 */
import { clone, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type ValueInfoProto,
} from "onnx-buf";
import type { Random } from "../src/base/core/index.ts";
import {
  add,
  averagePool,
  batchNorm,
  conv2d,
  convInputGradient,
  input,
  l2Normalize,
  matmul,
  prelu,
  reshape,
  type Value,
} from "../src/compiler/graph/index.ts";
import { writeOnnx } from "../src/compiler/onnx/index.ts";
import { byteMutations, type GoodFile, type MutatedFile, type Mutation, mutatedFiles } from "./mutations.ts";
import { onnxBytes, type TestNode } from "./onnx-bytes.ts";

/** The files number 0, 1, … of a seed. */
export function mutatedOnnx(seed: number): (index: number) => MutatedFile {
  const files = goodFiles();
  const odd = files.map(({ format, bytes }) => ({ what: `${format}, undamaged`, bytes }));
  return mutatedFiles("mutated onnx", seed, files, { odd: [...odd, ...oddFiles()], mutations });
}

/** Names that a careless reader takes for something else. */
const NAMES = ["", "x", "y", "446", "1", "__proto__", "constructor", "toString", "a,b", "🙂", "n".repeat(5000)];
const SIZES = [0n, 1n, 2n, 3n, 7n, 64n, 4097n, 65_536n, 2n ** 31n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 62n, -1n, -5n];
const NUMBERS = [0, 1, -1, 2, 3, 7, 1.5, 1e9, -1e9, 1e38, Number.NaN, Number.POSITIVE_INFINITY];
const OPS = [
  ...["Relu", "Conv", "Reshape", "Concat", "Gemm", "BatchNormalization", "Shape", "Slice", "Gather", "Expand", "Pad"],
  ...["MaxPool", "AveragePool", "Resize", "Constant", "ConstantOfShape", "Where", "Equal", "Cast", "Split", "Loop"],
  ...["ReduceSum", "Dropout", "Transpose", "Unsqueeze", "Squeeze", "ConvTranspose", "Einsum", "Softmax", "MatMul"],
];

const pick = <T>(stream: Random, list: readonly T[]): T => list[stream.integer(list.length)]!;
const shuffle = <T>(stream: Random, list: T[]): void => {
  for (let i = list.length - 1; i > 0; i--) {
    const j = stream.integer(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
};

/** Damages a model that is still one; a file that was read as none stays as it is. */
function structural(change: (model: ModelProto, stream: Random) => void): Mutation {
  return (bytes, stream) => {
    const model = fromBinary(ModelProtoSchema, bytes);
    for (let left = 1 + stream.integer(2); left > 0; left--) change(model, stream);
    return toBinary(ModelProtoSchema, model);
  };
}

/** Names of all tensors of a model. */
const namesOf = ({ graph }: ModelProto): string[] => [
  ...graph!.node.flatMap(({ output }) => output),
  ...graph!.input.map(({ name }) => name),
  ...graph!.initializer.map(({ name }) => name),
];

const anyPort = (model: ModelProto, stream: Random): ValueInfoProto =>
  pick(stream, [...model.graph!.input, ...model.graph!.output]);

function changeNode(change: (node: NodeProto, stream: Random, model: ModelProto) => void): Mutation {
  return structural((model, stream) => change(pick(stream, model.graph!.node), stream, model));
}

const mutations: Readonly<Record<string, Mutation>> = {
  ...byteMutations,
  "outputs renamed": structural((model, stream) => {
    pick(stream, model.graph!.output).name = pick(stream, [...NAMES, ...namesOf(model)]);
  }),
  "outputs reordered": structural((model, stream) => shuffle(stream, model.graph!.output)),
  "outputs taken out or repeated": structural((model, stream) => {
    const { output } = model.graph!;
    if (stream.integer(2) === 0) output.splice(stream.integer(output.length), 1);
    else output.push(clone(ModelProtoSchema, model).graph!.output[0]!);
  }),
  "ports reshaped": structural((model, stream) => {
    const port = anyPort(model, stream);
    if (port.type?.value.case !== "tensorType") return;
    const dims = port.type.value.value.shape?.dim ?? [];
    for (const dim of dims) {
      if (stream.integer(2) === 0) continue;
      dim.value =
        stream.integer(2) === 0
          ? { case: "dimValue", value: pick(stream, SIZES) }
          : { case: "dimParam", value: pick(stream, NAMES) };
    }
    if (stream.integer(3) === 0) dims.splice(stream.integer(dims.length + 1), 1);
  }),
  "types changed": structural((model, stream) => {
    const port = anyPort(model, stream);
    const { initializer } = model.graph!;
    if (initializer.length > 0 && stream.integer(2) === 0) pick(stream, initializer).dataType = stream.integer(30);
    else if (port.type?.value.case === "tensorType") port.type.value.value.elemType = stream.integer(30);
  }),
  "ports without a type": structural((model, stream) => {
    delete anyPort(model, stream).type;
  }),
  "weights reshaped": structural((model, stream) => {
    const { initializer } = model.graph!;
    if (initializer.length === 0) return;
    const tensor = pick(stream, initializer);
    if (stream.integer(2) === 0) shuffle(stream, tensor.dims);
    else tensor.dims = tensor.dims.map((size) => (stream.integer(2) === 0 ? size : pick(stream, SIZES)));
  }),
  "weights cut or renamed": structural((model, stream) => {
    const { initializer } = model.graph!;
    if (initializer.length === 0) return;
    const tensor = pick(stream, initializer);
    if (stream.integer(2) === 0) tensor.name = pick(stream, [...NAMES, ...namesOf(model)]);
    else tensor.rawData = tensor.rawData.slice(0, stream.integer(tensor.rawData.length + 1));
  }),
  "weights elsewhere": structural((model, stream) => {
    const { initializer } = model.graph!;
    if (initializer.length > 0) initializer.splice(stream.integer(initializer.length), 1);
  }),
  "whole numbers changed": structural((model, stream) => {
    const small = model.graph!.initializer.filter(({ int64Data }) => int64Data.length > 0);
    if (small.length > 0) {
      const { int64Data } = pick(stream, small);
      int64Data[stream.integer(int64Data.length)] = pick(stream, SIZES);
    }
  }),
  "attributes changed": changeNode((node, stream) => {
    if (node.attribute.length === 0) return;
    const attribute = pick(stream, node.attribute);
    attribute.i = pick(stream, SIZES);
    attribute.f = pick(stream, NUMBERS);
    attribute.ints = attribute.ints.map((size) => (stream.integer(2) === 0 ? size : pick(stream, SIZES)));
    if (stream.integer(4) === 0) attribute.ints.push(pick(stream, SIZES));
    if (stream.integer(4) === 0) attribute.type = stream.integer(15);
  }),
  "attributes taken out": changeNode((node, stream) => {
    if (node.attribute.length > 0) node.attribute.splice(stream.integer(node.attribute.length), 1);
  }),
  "ops changed": changeNode((node, stream) => {
    node.opType = pick(stream, OPS);
    if (stream.integer(8) === 0) node.domain = pick(stream, NAMES);
  }),
  "nodes reordered": structural((model, stream) => shuffle(stream, model.graph!.node)),
  "nodes taken out or repeated": structural((model, stream) => {
    const { node } = model.graph!;
    const index = stream.integer(node.length);
    if (stream.integer(2) === 0) node.splice(index, 1);
    else node.splice(index, 0, clone(NodeProtoSchema, node[index]!));
  }),
  "nodes rewired": changeNode((node, stream, model) => {
    const names = [...NAMES, ...namesOf(model), ...namesOf(model)];
    const list = stream.integer(4) === 0 ? node.output : node.input;
    if (list.length > 0 && stream.integer(2) === 0) list[stream.integer(list.length)] = pick(stream, names);
    else if (stream.integer(2) === 0) list.push(pick(stream, names));
    else list.pop();
  }),
  "another opset": structural((model, stream) => {
    for (const opset of model.opsetImport)
      opset.version = stream.integer(3) === 0 ? pick(stream, SIZES) : BigInt(stream.integer(25));
  }),
};

/** A network as this project writes it. */
function ownNetwork(): Uint8Array {
  const initializers = new Map<string, Float32Array>();
  const parameter = (name: string, ...shape: number[]): Value => {
    const count = shape.reduce((product, size) => product * size, 1);
    initializers.set(
      name,
      Float32Array.from({ length: count }, (_, i) => 0.5 + Math.sin(i)),
    );
    return input(name, "f32", shape);
  };
  const images = input("images", "f32", ["batch", 3, 8, 6]);
  const entry = conv2d(images, parameter("w", 4, 3, 3, 3), { padding: [1, 1, 1, 1], bias: parameter("b", 4) });
  const normalized = batchNorm(entry, {
    scale: parameter("scale", 4),
    shift: parameter("shift", 4),
    mean: parameter("mean", 4),
    variance: parameter("variance", 4),
  });
  const rectified = prelu(normalized, reshape(parameter("slope", 4), [4, 1, 1]));
  const pooled = averagePool(rectified, { kernel: [2, 2], padding: [0, 0, 0, 0] });
  const wide = add(convInputGradient(pooled, parameter("t", 4, 4, 2, 2), [8, 6], { stride: [2, 2] }), rectified);
  const flat = reshape(wide, ["batch", 4 * 8 * 6]);
  const embedding = l2Normalize(matmul(flat, parameter("fc", 5, 4 * 8 * 6), { transposeB: true }));
  return writeOnnx({ name: "own", outputs: { embedding } }, { initializers, metadata: { "cosface.mean": "127.5" } });
}

const integers = (...values: number[]) => ({ shape: [values.length], type: "i64", values }) as const;
const floats = (shape: number[], from = 0.1) => ({
  shape,
  values: Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => from + Math.cos(i)),
});

/** Shape arithmetic around a fully connected layer, as exporters write "flatten all but the first axis". */
function shapeArithmetic(): Uint8Array {
  const nodes: TestNode[] = [
    ["Shape", ["x"], ["shape"]],
    ["Gather", ["shape", "zero"], ["n"], { axis: 0 }],
    ["Unsqueeze", ["n", "zeroAxis"], ["n1"]],
    ["Concat", ["n1", "rest"], ["target"], { axis: 0 }],
    ["Reshape", ["x", "target"], ["flat"]],
    ["Gemm", ["flat", "fc", "bias"], ["a"], { transB: 1, alpha: { float: 0.5 } }],
    ["ReduceL2", ["a"], ["norm"], { axes: [-1], keepdims: 1 }],
    ["Div", ["a", "norm"], ["y"]],
  ];
  return onnxBytes({
    inputs: { x: ["N", 2, 3, 3] },
    initializers: {
      zero: { shape: [], type: "i64", values: [0] },
      zeroAxis: integers(0),
      rest: integers(-1),
      fc: floats([4, 18]),
      bias: floats([4]),
    },
    nodes,
  });
}

/** A detector's heads, with numbers as names of the outputs. */
function detector(): Uint8Array {
  const nodes: TestNode[] = [
    ["Conv", ["x", "w"], ["c"], { pads: [1, 1, 1, 1], strides: [2, 2] }],
    ["Clip", ["c", "low", "high"], ["r"]],
    ["MaxPool", ["r"], ["p"], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }],
    ["AveragePool", ["r"], ["q"], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2], auto_pad: "NOTSET" }],
    ["Concat", ["p", "q"], ["pq"], { axis: 1 }],
    [
      "Resize",
      ["pq", "", "scales"],
      ["up"],
      { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
    ],
    ["Transpose", ["up"], ["t"], { perm: [0, 2, 3, 1] }],
    ["Reshape", ["t", "rows"], ["flat"]],
    ["Split", ["flat", "parts"], ["left", "right"], { axis: 1 }],
    ["Sigmoid", ["left"], ["449"]],
    ["Slice", ["right", "one", "two", "one"], ["446"]],
    ["Pad", ["right", "pads"], ["wide"]],
    ["Softmax", ["wide"], ["99"], { axis: 1 }],
  ];
  return onnxBytes({
    inputs: { x: [1, 3, 8, 8] },
    initializers: {
      w: floats([3, 3, 3, 3]),
      low: { shape: [], values: [-1] },
      high: { shape: [], values: [6] },
      scales: { shape: [4], values: [1, 1, 2, 2] },
      rows: integers(-1, 6),
      parts: integers(2, 4),
      one: integers(1),
      two: integers(3),
      pads: integers(0, 1, 0, 0),
    },
    nodes,
    outputs: ["449", "446", "99"],
  });
}

/** Elementwise functions, comparisons and weights of 16 bits. */
function elementwise(): Uint8Array {
  const nodes: TestNode[] = [
    ["Cast", ["half"], ["w"], { to: 1 }],
    ["Mul", ["x", "w"], ["a"]],
    ["Pow", ["a", "two"], ["b"]],
    ["Greater", ["b", "a"], ["c"]],
    ["Where", ["c", "a", "b"], ["d"]],
    ["Expand", ["d", "shape"], ["e"]],
    ["ReduceMean", ["e"], ["f"], { axes: [0], keepdims: 0 }],
    ["LeakyRelu", ["f"], ["g"], { alpha: { float: 0.2 } }],
    ["Dropout", ["g"], ["h"]],
    ["Unsqueeze", ["h", "axis"], ["i"]],
    ["ArgMax", ["i"], ["j"], { axis: 1, keepdims: 0 }],
    ["Sum", ["h", "h"], ["y"]],
  ];
  return onnxBytes({
    inputs: { x: [4] },
    initializers: {
      half: { shape: [4], type: "float16", values: [0x3c00, 0x4000, 0xc000, 0x0001] },
      two: { shape: [], values: [2] },
      shape: integers(3, 4),
      axis: integers(0),
    },
    nodes,
    outputs: ["y", "j"],
  });
}

function goodFiles(): GoodFile[] {
  return [
    { format: "own network", bytes: ownNetwork() },
    { format: "shape arithmetic", bytes: shapeArithmetic() },
    { format: "detector", bytes: detector() },
    { format: "elementwise", bytes: elementwise() },
  ];
}

/** Few bytes that ask for much: time, memory or depth. */
function oddFiles(): MutatedFile[] {
  const doubling = (opType: string, start: TestNode, attributes: NonNullable<TestNode[3]>) =>
    onnxBytes({
      inputs: { x: [2] },
      nodes: [
        start,
        ...Array.from({ length: 60 }, (_, i): TestNode => [opType, [`t${i}`, `t${i}`], [`t${i + 1}`], attributes]),
        ["Gather", ["t60", "t0"], ["y"]],
      ],
    });
  const ones: TestNode = ["Constant", [], ["t0"], { value_ints: [1, 1, 1, 1] }];
  return [
    { what: "known numbers doubled 60 times", bytes: doubling("Concat", ones, { axis: 0 }) },
    { what: "values doubled 60 times", bytes: doubling("Concat", ["Relu", ["x"], ["t0"]], { axis: 0 }) },
    { what: "sums of 2⁶⁰ paths", bytes: doubling("Add", ["Relu", ["x"], ["t0"]], {}) },
    {
      what: "a pool over 10¹⁸ windows",
      bytes: onnxBytes({
        inputs: { x: [1, 1, 2 ** 26, 2 ** 26] },
        nodes: [["AveragePool", ["x"], ["y"], { kernel_shape: [2, 2], pads: [1, 1, 1, 1] }]],
      }),
    },
    {
      what: "a constant of 10⁹ zeros",
      bytes: onnxBytes({
        initializers: { shape: integers(1e9) },
        nodes: [["ConstantOfShape", ["shape"], ["y"]]],
      }),
    },
    {
      what: "a chain of 20,000 nodes",
      bytes: onnxBytes({
        inputs: { n0: [2] },
        nodes: Array.from({ length: 20_000 }, (_, i): TestNode => ["Neg", [`n${i}`], [`n${i + 1}`]]),
        outputs: ["n20000"],
      }),
    },
    { what: "branches nested 3,000 deep", bytes: nestedBranches(3000) },
  ];
}

/** A model with an `If` in an `If` …: encoding it with a library would overflow the stack here. */
function nestedBranches(depth: number): Uint8Array {
  const head = (field: number, size: number) =>
    new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(size).finish();
  const text = (field: number, value: string) => Buffer.concat([head(field, value.length), Buffer.from(value)]);
  const node = (opType: string) => Buffer.concat([text(1, "x"), text(2, "y"), text(4, opType)]);
  const kind = new BinaryWriter().tag(20, WireType.Varint).int32(Kind.GRAPH).finish();
  const inner = node("Relu");
  const heads: Uint8Array[] = [];
  let size = inner.length;
  for (let level = 0; level < depth; level++) {
    const graph = head(1, size);
    const attribute = Buffer.concat([text(1, "then_branch"), head(6, graph.length + size), graph]);
    const attributeSize = attribute.length + size + kind.length;
    heads.unshift(Buffer.concat([node("If"), head(5, attributeSize), attribute]));
    size = attributeSize + node("If").length + head(5, attributeSize).length;
  }
  const branches = [...heads, inner, ...Array.from({ length: depth }, () => kind)];
  return Buffer.concat([elementwise(), head(7, head(1, size).length + size), head(1, size), ...branches]);
}
