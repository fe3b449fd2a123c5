/**
 * Every importer against ONNX Runtime itself: a file made by hand runs as it is, and once more after it was read and
 * written by this project; the two give the same numbers.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError, random, ShapeError } from "../src/base/core/index.ts";
import { outputOf, printGraph, verifyGraph } from "../src/compiler/graph/index.ts";
import { readOnnx, writeOnnx } from "../src/compiler/onnx/index.ts";
import { createSession, type Tensors } from "../src/compiler/runtime/index.ts";
import { onnxBytes, type TestModel, type TestNode, type TestTensor } from "./onnx-bytes.ts";

const stream = random(5, "onnx-reader");
const draw = (shape: readonly number[], low = -1, high = 1): TestTensor => {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, values: Array.from({ length: count }, () => stream.uniform(low, high)) };
};
const integers = (...values: number[]): TestTensor => ({ shape: [values.length], type: "i64", values });
const numbers = (...values: number[]): TestTensor => ({ shape: [values.length], values });
const single = (value: number): TestTensor => ({ shape: [], values: [value] });

const fixed = { x: [2, 3, 4, 4] };

/** Runs a file; open sizes of its inputs are given as `batch`. */
async function run(bytes: Uint8Array, model: TestModel, batch: number, low: number): Promise<Tensors> {
  const session = await createSession(bytes, { threads: 1 });
  try {
    const feeds = Object.entries(model.inputs ?? fixed).map(([name, shape]) => {
      const sizes = shape.map((size) => (typeof size === "number" ? size : batch));
      const count = sizes.reduce((product, size) => product * size, 1);
      const given = random(3, name, String(batch));
      const data = Float32Array.from({ length: count }, () => given.uniform(low, 2));
      return [name, { type: "f32", shape: sizes, data }] as const;
    });
    return await session.run(Object.fromEntries(feeds.filter(([name]) => session.inputNames.includes(name))));
  } finally {
    await session.close();
  }
}

async function expectSame(model: TestModel, { batch = 2, low = -2 } = {}): Promise<string> {
  const bytes = onnxBytes(model);
  const { graph, parameters } = readOnnx(bytes);
  verifyGraph(graph);
  const written = writeOnnx(graph, { initializers: new Map([...parameters].map(([name, { data }]) => [name, data])) });
  const expected = await run(bytes, model, batch, low);
  const got = await run(written, model, batch, low);
  expect(Object.keys(got)).toEqual(Object.keys(expected));
  for (const [name, { shape, data }] of Object.entries(expected)) {
    expect(got[name]!.shape).toEqual(shape);
    const [a, b] = [data, got[name]!.data].map((elements) => Array.from(elements as Float32Array, Number));
    expect(a!.length).toBeGreaterThan(0);
    for (const [i, value] of a!.entries()) expect(b![i]!).toBeCloseTo(value, 5);
  }
  return printGraph(graph);
}

/** A model of one node y = op(x, initializers…). */
function one(
  opType: string,
  attributes: NonNullable<TestNode[3]> = {},
  initializers: NonNullable<TestModel["initializers"]> = {},
  rest: Partial<TestModel> = {},
): TestModel {
  return { initializers, nodes: [[opType, ["x", ...Object.keys(initializers)], ["y"], attributes]], ...rest };
}

const channels = { shape: [3], values: [0.5, -1, 2] };
const positive = { low: 0.1 };
const open = { inputs: { x: ["N", 3, 4, 4] } };
const sequence = { inputs: { x: [2, 3, 5] } };

type Case = [name: string, model: TestModel, range?: { readonly low: number }];

const cases: readonly Case[] = [
  ...["Abs", "Cos", "Exp", "Floor", "Identity", "Neg", "Relu", "Sigmoid", "Sign", "Sin", "Softplus", "Tanh"].map(
    (name): [string, TestModel] => [name, one(name)],
  ),
  ...["Log", "Reciprocal", "Sqrt"].map((name): Case => [name, one(name), positive]),
  [
    "Acos",
    {
      nodes: [
        ["Sin", ["x"], ["s"]],
        ["Acos", ["s"], ["y"]],
      ],
    },
  ],
  ["LeakyRelu", one("LeakyRelu", { alpha: { float: 0.2 } })],
  ["HardSigmoid", one("HardSigmoid", { alpha: { float: 0.3 }, beta: { float: 0.4 } })],
  ["HardSigmoid by default", one("HardSigmoid")],
  ["HardSwish", one("HardSwish")],
  ["Pow", one("Pow", {}, { p: single(3) })],
  ["PRelu", one("PRelu", {}, { slope: { shape: [3, 1, 1], values: [0.1, 0.2, 0.3] } })],
  ["Dropout", one("Dropout")],
  [
    "Dropout that says that it is not in training",
    {
      initializers: { ratio: single(0.5), training: { shape: [], type: "bool", values: [0] } },
      nodes: [["Dropout", ["x", "ratio", "training"], ["y"]]],
    },
  ],
  [
    "Clip with bounds as attributes (opset 10)",
    one("Clip", { min: { float: -0.5 }, max: { float: 1 } }, {}, { opset: 10 }),
  ],
  ["Clip with bounds as inputs", one("Clip", {}, { low: single(-0.5), high: single(1) })],
  ["Clip from below", one("Clip", {}, { low: single(-0.5) })],
  ["Clip from above", { initializers: { high: single(0.25) }, nodes: [["Clip", ["x", "", "high"], ["y"]]] }],
  ...["Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean"].map((name): [string, TestModel] => [
    name,
    one(name, {}, { b: draw([3, 1, 1], 0.5, 1) }),
  ]),
  ["Sum of three", one("Sum", {}, { b: draw([3, 1, 1]), c: draw([4]) })],
  ["Mean of three", one("Mean", {}, { b: draw([3, 1, 1]), c: draw([4]) })],
  ...["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"].map((name): [string, TestModel] => [
    `${name}, Where, Cast`,
    {
      initializers: { zero: single(0), a: draw([4]), b: single(3) },
      nodes: [
        ["Sign", ["x"], ["s"]],
        [name, ["s", "zero"], ["c"]],
        ["Where", ["c", "a", "b"], ["w"]],
        ["Cast", ["c"], ["f"], { to: 1 }],
        ["Add", ["w", "f"], ["y"]],
      ],
    },
  ]),

  ["Conv", one("Conv", { pads: [1, 0, 1, 2], strides: [2, 1] }, { w: draw([2, 3, 3, 2]), b: draw([2]) })],
  ["Conv by default", one("Conv", {}, { w: draw([2, 3, 3, 2]) })],
  ["Conv in groups, dilated", one("Conv", { group: 3, dilations: [2, 1] }, { w: draw([6, 1, 2, 2]) })],
  ...["SAME_UPPER", "SAME_LOWER", "VALID"].map((mode): [string, TestModel] => [
    `Conv with auto_pad ${mode}`,
    one("Conv", { auto_pad: mode, strides: [2, 1] }, { w: draw([2, 3, 3, 2]) }),
  ]),
  [
    "ConvTranspose",
    one("ConvTranspose", { strides: [2, 2], pads: [1, 1, 1, 1] }, { w: draw([3, 2, 3, 3]), b: draw([2]) }),
  ],
  [
    "ConvTranspose with output padding, in groups",
    one("ConvTranspose", { strides: [2, 3], output_padding: [1, 1], group: 3 }, { w: draw([3, 2, 3, 2]) }),
  ],
  ["ConvTranspose, stride 1", one("ConvTranspose", { pads: [1, 0, 1, 0] }, { w: draw([3, 2, 3, 2]) })],
  [
    "BatchNormalization",
    one(
      "BatchNormalization",
      { epsilon: { float: 0.1 } },
      { s: channels, b: channels, m: channels, v: draw([3], 0.5, 2) },
    ),
  ],
  [
    "BatchNormalization by default",
    one("BatchNormalization", {}, { s: channels, b: channels, m: channels, v: draw([3], 0, 1) }),
  ],
  ["MaxPool", one("MaxPool", { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] })],
  ["MaxPool by default", one("MaxPool", { kernel_shape: [2, 3] })],
  ["MaxPool rounded up", one("MaxPool", { kernel_shape: [3, 2], strides: [2, 3], ceil_mode: 1 })],
  [
    "MaxPool rounded up beyond the feature map",
    one("MaxPool", { kernel_shape: [2, 2], strides: [3, 3], pads: [1, 1, 1, 1], ceil_mode: 1 }),
  ],
  ["AveragePool", one("AveragePool", { kernel_shape: [2, 2], strides: [2, 2] })],
  ["AveragePool beside borders", one("AveragePool", { kernel_shape: [3, 2], pads: [1, 1, 1, 0] })],
  ["AveragePool over borders", one("AveragePool", { kernel_shape: [3, 2], pads: [1, 1, 1, 0], count_include_pad: 1 })],
  [
    "AveragePool rounded up",
    one("AveragePool", { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }, {}, { opset: 19 }),
  ],
  ["GlobalAveragePool", one("GlobalAveragePool")],
  ["GlobalMaxPool", one("GlobalMaxPool")],
  [
    "Gemm",
    one(
      "Gemm",
      { transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } },
      { w: draw([4, 3]), c: draw([4]) },
      { inputs: { x: [2, 3] } },
    ),
  ],
  ["Gemm, transposed, without c", one("Gemm", { transA: 1 }, { w: draw([2, 5]) }, { inputs: { x: [2, 3] } })],
  ["MatMul", one("MatMul", {}, { w: draw([3, 5]) }, { inputs: { x: [2, 3] } })],
  ["MatMul of rows of rows", one("MatMul", {}, { w: draw([4, 5]) })],
  ["LpNormalization", one("LpNormalization", { axis: -1 })],
  [
    "Resize by scales",
    {
      initializers: { s: numbers(1, 1, 2, 3) },
      nodes: [
        ["Resize", ["x", "", "s"], ["y"], { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }],
      ],
    },
  ],
  ["Resize, half pixels", { initializers: { s: numbers(1, 1, 3, 4) }, nodes: [["Resize", ["x", "", "s"], ["y"]]] }],
  [
    "Resize, asymmetric, rounded",
    {
      initializers: { s: numbers(1, 1, 2, 2) },
      nodes: [["Resize", ["x", "", "s"], ["y"], { coordinate_transformation_mode: "asymmetric" }]],
    },
  ],
  ["Resize by sizes", { initializers: { s: integers(2, 3, 8, 12) }, nodes: [["Resize", ["x", "", "", "s"], ["y"]]] }],
  ["Resize (opset 10)", one("Resize", {}, { s: numbers(1, 1, 2, 3) }, { opset: 10 })],
  ["Upsample (opset 9)", one("Upsample", {}, { s: numbers(1, 1, 2, 3) }, { opset: 9 })],
  ["Upsample (opset 7)", one("Upsample", { scales: { floats: [1, 1, 2, 3] } }, {}, { opset: 7 })],

  ...["ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare"].flatMap(
    (name): [string, TestModel][] => [
      [`${name} over all`, one(name)],
      [`${name} over two axes`, one(name, { axes: [1, -1], keepdims: 0 })],
      [`${name} over the last axis`, one(name, { axes: [-1] })],
      [`${name} with axes as an input (opset 18)`, one(name, {}, { axes: integers(2) }, { opset: 18 })],
    ],
  ),
  ["ReduceSum", one("ReduceSum", { keepdims: 0 }, { axes: integers(0, -1) })],
  ["ReduceSum with axes as an attribute (opset 11)", one("ReduceSum", { axes: [2] }, {}, { opset: 11 })],
  ["ReduceSum over no axes", one("ReduceSum", { noop_with_empty_axes: 1 })],
  ...["ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceMean", "ReduceMax", "ReduceMin"].map(
    (name): Case => [`${name} over no axes`, one(name, { noop_with_empty_axes: 1 }, {}, { opset: 18 })],
  ),
  [
    "ArgMax",
    {
      nodes: [
        ["ArgMax", ["x"], ["i"], { axis: 2 }],
        ["Cast", ["i"], ["y"], { to: 1 }],
      ],
    },
  ],
  [
    "ArgMax without the axis",
    {
      nodes: [
        ["ArgMax", ["x"], ["i"], { axis: -1, keepdims: 0 }],
        ["Cast", ["i"], ["y"], { to: 1 }],
      ],
    },
  ],

  ["Concat", { initializers: { b: draw([2, 1, 4, 4]) }, nodes: [["Concat", ["x", "b", "x"], ["y"], { axis: -3 }]] }],
  ["Reshape", one("Reshape", {}, { s: integers(0, -1, 2) })],
  ["Reshape with an open batch", one("Reshape", {}, { s: integers(-1, 48) }, open)],
  ["Flatten", one("Flatten")],
  ["Flatten with an open batch", one("Flatten", {}, {}, open)],
  ["Flatten before the first axis", one("Flatten", { axis: 0 })],
  ["Flatten behind the last axis", one("Flatten", { axis: 4 })],
  ["Squeeze (opset 12)", one("Squeeze", { axes: [-1, 0] }, {}, { opset: 12, inputs: { x: [1, 3, 1] } })],
  ["Squeeze", one("Squeeze", {}, { axes: integers(0, 2) }, { inputs: { x: [1, 3, 1] } })],
  ["Squeeze of all", one("Squeeze", {}, {}, { inputs: { x: [1, 3, 1] } })],
  ["Unsqueeze (opset 12)", one("Unsqueeze", { axes: [0, -1] }, {}, { opset: 12 })],
  ["Unsqueeze", one("Unsqueeze", {}, { axes: integers(4, 1) })],
  ["Transpose", one("Transpose", { perm: [0, 2, 3, 1] })],
  ["Transpose by default", one("Transpose")],
  ["Slice", one("Slice", {}, { starts: integers(1, -3), ends: integers(100, -1), axes: integers(1, -1) })],
  [
    "Slice with steps",
    one("Slice", {}, { starts: integers(0, 1), ends: integers(4, 4), axes: integers(2, 3), steps: integers(3, 2) }),
  ],
  ["Slice (opset 9)", one("Slice", { starts: [0, 1], ends: [1, 3] }, {}, { opset: 9 })],
  ["Split evenly", { nodes: [["Split", ["x"], ["a", "y"], { axis: -1 }]], outputs: ["y", "a"], opset: 13 }],
  [
    "Split into parts",
    {
      initializers: { parts: integers(1, 2) },
      nodes: [["Split", ["x", "parts"], ["a", "y"], { axis: 1 }]],
      outputs: ["y", "a"],
    },
  ],
  [
    "Split (opset 11)",
    { nodes: [["Split", ["x"], ["a", "y"], { axis: 1, split: [2, 1] }]], outputs: ["y", "a"], opset: 11 },
  ],
  ["Pad", one("Pad", {}, { pads: integers(0, 0, 1, 2, 0, 1, 3, 0), value: single(0.5) })],
  ["Pad that cuts", one("Pad", {}, { pads: integers(0, -1, 1, -1, 0, 0, 0, -2) })],
  ["Pad (opset 9)", one("Pad", { pads: [0, 0, 1, 2, 0, 0, 3, 0], value: { float: 2 } }, {}, { opset: 9 })],
  [
    "Pad of named axes",
    {
      initializers: { pads: integers(1, 2), value: single(0), axes: integers(-1) },
      nodes: [["Pad", ["x", "pads", "value", "axes"], ["y"]]],
      opset: 18,
    },
  ],
  [
    "Gather of rows",
    {
      initializers: { table: draw([5, 2]), rows: integers(4, 0, 0, -1) },
      nodes: [
        ["Gather", ["table", "rows"], ["g"]],
        ["ReduceSum", ["x"], ["s"]],
        ["Squeeze", ["s"], ["t"]],
        ["Add", ["g", "t"], ["y"]],
      ],
    },
  ],
  ["Gather of one place", one("Gather", { axis: 2 }, { place: { shape: [], type: "i64", values: [-1] } })],
  ["Expand", one("Expand", {}, { s: integers(2, 1, 3, 1) }, { inputs: { x: [3, 4] } })],
  ...["Softmax", "LogSoftmax"].flatMap((name): [string, TestModel][] => [
    [name, one(name)],
    [`${name} along an inner axis`, one(name, { axis: 1 })],
    [`${name} along the last axis (opset 11)`, one(name, { axis: -1 }, {}, { opset: 11 })],
    [`${name} along all axes but the first (opset 11)`, one(name, {}, {}, { opset: 11, ...sequence })],
  ]),
  [
    "Constant",
    {
      nodes: [
        ["Constant", [], ["c"], { value: { tensor: draw([4]) } }],
        ["Add", ["x", "c"], ["y"]],
      ],
    },
  ],
  [
    "Constant number",
    {
      nodes: [
        ["Constant", [], ["c"], { value_float: { float: 0.1 } }],
        ["Add", ["x", "c"], ["y"]],
      ],
    },
  ],
  [
    "Constant list",
    {
      nodes: [
        ["Constant", [], ["c"], { value_floats: { floats: [1, 2, 3, 4] } }],
        ["Mul", ["x", "c"], ["y"]],
      ],
    },
  ],
  [
    "ConstantOfShape",
    {
      initializers: { s: integers(3, 1, 1) },
      nodes: [
        ["ConstantOfShape", ["s"], ["c"], { value: { tensor: numbers(0.5) } }],
        ["Add", ["x", "c"], ["y"]],
      ],
    },
  ],
];

const square = { inputs: { x: [2, 3, 4, 4] } };
const resized = (settings: NonNullable<TestNode[3]>, ...scales: number[]): TestModel => ({
  initializers: { s: numbers(1, 1, ...scales) },
  nodes: [["Resize", ["x", "", "s"], ["y"], settings]],
});

/** Ops that are written in several of this project's. */
const compositions: readonly Case[] = [
  ...["Elu", "Selu", "Celu", "Mish", "ThresholdedRelu", "Shrink", "Softsign", "Erf", "Ceil", "Sinh", "Cosh"].map(
    (name): Case => [name, one(name, {}, {}, { opset: 18 })],
  ),
  ...["Atan", "Asinh"].map((name): Case => [name, one(name)]),
  ["Gelu", one("Gelu", {}, {}, { opset: 20 })],
  ["Gelu by tanh", one("Gelu", { approximate: "tanh" }, {}, { opset: 20 })],
  ["LayerNormalization", one("LayerNormalization", {}, { scale: draw([4]), shift: draw([4]) })],
  ["LayerNormalization over channels", one("LayerNormalization", { axis: 1 }, { scale: draw([3, 4, 4]) })],
  ["InstanceNormalization", one("InstanceNormalization", {}, { scale: channels, shift: channels })],
  [
    "GroupNormalization",
    one("GroupNormalization", { num_groups: 3 }, { scale: channels, shift: channels }, { opset: 21 }),
  ],
  ["LRN", one("LRN", { size: 3 })],
  ["MatMul of batches", { ...square, nodes: [["MatMul", ["x", "x"], ["y"]]] }],
  ["MatMul of a matrix with a batch", { nodes: [["MatMul", ["w", "x"], ["y"]]], initializers: { w: draw([2, 4]) } }],
  ["Conv along one axis", one("Conv", { pads: [1, 1], strides: [2] }, { w: draw([2, 3, 3]), b: draw([2]) }, sequence)],
  ["Resize, linear", resized({ mode: "linear" }, 2, 1.5)],
  ["Resize, cubic", resized({ mode: "cubic", cubic_coeff_a: { float: -0.5 } }, 0.5, 2)],
  ["Resize, smaller", resized({}, 0.5, 1)],
  ["Resize, half pixels cut down", resized({ nearest_mode: "floor" }, 2, 2)],
  ["Pad, mirrored", one("Pad", { mode: "reflect" }, { pads: integers(0, 0, 1, 2, 0, 0, 3, 1) })],
  ["Pad, repeated", one("Pad", { mode: "edge" }, { pads: integers(0, 0, 1, 2, 0, 0, 3, 1) })],
  [
    "Slice backwards",
    one("Slice", {}, { starts: integers(3), ends: integers(-9), axes: integers(2), steps: integers(-2) }),
  ],
  ["Gather on the last axis", one("Gather", { axis: 3 }, { i: integers(2, -1, 0) })],
  ["DepthToSpace", one("DepthToSpace", { blocksize: 2, mode: "CRD" }, {}, { inputs: { x: [2, 8, 2, 3] } })],
  ["SpaceToDepth", one("SpaceToDepth", { blocksize: 2 })],
  ["Tile", one("Tile", {}, { repeats: integers(1, 2, 1, 3) })],
  ["CumSum", one("CumSum", { exclusive: 1, reverse: 1 }, { axis: { shape: [], type: "i64", values: [1] } })],
  ["Hardmax", one("Hardmax", { axis: 1 })],
  ["ReduceLogSumExp", one("ReduceLogSumExp", { axes: [1, 2], keepdims: 0 })],
  ["ReduceProd", one("ReduceProd", { axes: [1] })],
];

describe("each ONNX op, read and written, runs as before", () => {
  it.each<Case>([...cases, ...compositions])("%s", async (_, model, range) => {
    await expectSame(model, range ?? {});
  });
});

describe("arithmetic on shapes", () => {
  const flattenAsTorch: TestNode[] = [
    ["Shape", ["x"], ["shape"]],
    ["Constant", [], ["first"], { value: { tensor: { shape: [], type: "i64", values: [0] } } }],
    ["Gather", ["shape", "first"], ["batch"], { axis: 0 }],
    ["Unsqueeze", ["batch", "axes"], ["batches"]],
    ["Constant", [], ["rest"], { value: { tensor: { shape: [1], type: "i64", values: [-1] } } }],
    ["Concat", ["batches", "rest"], ["target"], { axis: 0 }],
    ["Reshape", ["x", "target"], ["y"]],
  ];

  it.each([1, 3])("keeps an open batch open: %i images", async (batch) => {
    const model: TestModel = { ...open, initializers: { axes: integers(0) }, nodes: flattenAsTorch };
    expect(await expectSame(model, { batch })).toBe(
      "test(x: f32[N,3,4,4])\n  a: f32[N,48] = reshape x shape=[N,48]\n  return y=a",
    );
  });

  it("computes sizes of resizing from the image's", async () => {
    const text = await expectSame({
      ...open,
      initializers: { two: integers(2), from: integers(2), to: integers(4), zero: integers(0), none: numbers() },
      nodes: [
        ["Shape", ["x"], ["shape"]],
        ["Slice", ["shape", "from", "to", "zero"], ["size"]],
        ["Slice", ["shape", "zero", "from", "zero"], ["front"]],
        ["Mul", ["size", "two"], ["double"]],
        ["Concat", ["front", "double"], ["sizes"], { axis: 0 }],
        ["Resize", ["x", "", "", "sizes"], ["y"]],
      ],
    });
    expect(text).toContain("a: f32[N,3,8,8] = upsample x factors=[2,2]");
  });

  it("goes through casts, floors and divisions", async () => {
    const text = await expectSame({
      initializers: { half: numbers(0.5), from: integers(1) },
      nodes: [
        ["Shape", ["x"], ["shape"], { start: 1 }],
        ["Cast", ["shape"], ["floats"], { to: 1 }],
        ["Constant", [], ["two"], { value_float: { float: 2 } }],
        ["Div", ["floats", "two"], ["halves"]],
        ["Floor", ["halves"], ["floors"]],
        ["Cast", ["floors"], ["sizes"], { to: 7 }],
        ["ReduceProd", ["sizes"], ["count"], { keepdims: 0 }],
        ["Cast", ["count"], ["number"], { to: 1 }],
        ["Mul", ["x", "number"], ["y"]],
      ],
    });
    // ⌊3/2⌋ · ⌊4/2⌋ · ⌊4/2⌋ = 4
    expect(text).toContain("mul x 4");
  });

  it("follows the −1 that exporters of broadcasting write", async () => {
    const text = await expectSame({
      inputs: { x: [2, 1, 4] },
      initializers: { wanted: integers(-1, 3, -1), minusOne: integers(-1), n: integers(3) },
      nodes: [
        ["ConstantOfShape", ["n"], ["ones"], { value: { tensor: { shape: [1], type: "i64", values: [1] } } }],
        ["Equal", ["wanted", "minusOne"], ["isOpen"]],
        ["Where", ["isOpen", "ones", "wanted"], ["shape"]],
        ["Expand", ["x", "shape"], ["y"]],
      ],
    });
    expect(text).toContain("broadcastTo x shape=[2,3,4]");
  });
});

describe("what cannot be read", () => {
  const refusal = (model: TestModel, options = {}): string => {
    try {
      readOnnx(onnxBytes(model), options);
    } catch (error) {
      expect(error).toBeInstanceOf(ModelError);
      return (error as Error).message;
    }
    throw new Error("expected a refusal");
  };

  it.each<[string, TestModel, RegExp]>([
    [
      "an unknown op",
      one("Einsum"),
      /^ONNX file: got ops that cannot be read into a graph: Einsum \(1\)\. ONNX Runtime may still run the file/,
    ],
    ["an op of another domain", { ...one("Conv"), domain: "com.acme" }, /into a graph: com\.acme\.Conv \(1\)\./],
    ["opset 6", one("Clip", {}, {}, { opset: 6 }), /opset 6, expected 7 or newer/],
    [
      "training-mode normalization",
      one("BatchNormalization", { training_mode: 1 }, { s: channels, b: channels, m: channels, v: channels }),
      /training mode/,
    ],
    [
      "resizing that crops",
      {
        initializers: { roi: numbers(0, 0, 0, 0, 1, 1, 1, 1), s: numbers(1, 1, 2, 2) },
        nodes: [
          [
            "Resize",
            ["x", "roi", "s"],
            ["y"],
            { mode: "linear", coordinate_transformation_mode: "tf_crop_and_resize" },
          ],
        ],
      },
      /crops while it resizes/,
    ],
    [
      "aligned corners of a size that is not whole",
      {
        initializers: { s: numbers(1, 1, 0.6, 0.6) },
        nodes: [["Resize", ["x", "", "s"], ["y"], { mode: "linear", coordinate_transformation_mode: "align_corners" }]],
      },
      /aligns corners and makes 2\.4/,
    ],
    ["a computed exponent", { nodes: [["Pow", ["x", "x"], ["y"]]] }, /Pow .*computes its input 1/],
    ["dilated pooling", one("MaxPool", { kernel_shape: [2, 2], dilations: [2, 2] }), /dilations/],
    [
      "a pooling border as large as its window",
      one("MaxPool", { kernel_shape: [2, 2], pads: [2, 0, 0, 0] }),
      /borders \[2,0,0,0\]/,
    ],
    [
      "shapes that do not fit",
      one("Add", {}, { b: draw([5]) }),
      /^ONNX file: Add that computes 'y': add: sizes differ/,
    ],
    ["a wrong count of reshaped elements", one("Reshape", {}, { s: integers(7, -1) }), /Reshape .*\[2,3,4,4\]/],
    [
      "a size computed from an open one",
      one("Reshape", {}, { s: integers(-1, 4) }, open),
      /give 'N' a number when reading/,
    ],
    [
      "a missing tensor",
      { nodes: [["Add", ["x", "b"], ["y"]]] },
      /Add that computes 'y': 'b' is used, but no node before computes it, nor is it an input/,
    ],
    [
      "nodes out of order",
      {
        nodes: [
          ["Relu", ["a"], ["y"]],
          ["Relu", ["x"], ["a"]],
        ],
      },
      /'a' is used/,
    ],
    [
      "two tensors of one name",
      {
        nodes: [
          ["Relu", ["x"], ["y"]],
          ["Abs", ["x"], ["y"]],
        ],
      },
      /'y' twice/,
    ],
    ["a missing input", { nodes: [["Add", ["x"], ["y"]]] }, /Add .*no input 1/],
    [
      "an attribute of another kind",
      one("Flatten", { axis: "first" }),
      /got 'first' as 'axis', expected a whole number/,
    ],
    [
      "an output that depends on no input",
      { ...one("Relu"), nodes: [["Constant", [], ["y"], { value_float: { float: 1 } }]] },
      /does not depend on an input/,
    ],
    ["a type that graphs do not have", one("Cast", { to: 3 }), /element type int8, expected f32, .* or bfloat16/],
    ["a type that does not exist", one("Cast", { to: 99 }), /element type of number 99/],
    [
      "weights of a type that graphs do not have",
      one("Add", {}, { w: { shape: [4], type: "int8", values: [1, 2, 3, 4] } }),
      /^ONNX file: 'w' has type int8, expected f32, f64, i32, i64, u8, bool, float16 or bfloat16$/,
    ],
    [
      "a constant of a type that graphs do not have",
      {
        nodes: [
          ["Constant", [], ["c"], { value: { tensor: { shape: [1], type: "int8", values: [1] } } }],
          ["Add", ["x", "c"], ["y"]],
        ],
      },
      /^ONNX file: Constant that computes 'c': has type int8, expected/,
    ],
    [
      "every unsupported op at once, whatever is wrong beside",
      {
        initializers: { w: { shape: [4], type: "int8", values: [1, 2, 3, 4] } },
        nodes: [
          ["Einsum", ["x"], ["a"]],
          ["Add", ["a", "w"], ["b"]],
          ["GRU", ["b"], ["c"]],
          ["Flatten", ["x"], ["d"], { axis: 9 }],
          ["Einsum", ["d"], ["e"]],
          ["NonZero", ["x"], ["f"]],
          ["Sum", ["c", "e", "f"], ["y"]],
        ],
      },
      /: Einsum \(2\), GRU \(1\), NonZero \(1\)\. ONNX Runtime/,
    ],
    [
      "training-mode dropout",
      {
        initializers: { ratio: single(0.5), training: { shape: [], type: "bool", values: [1] } },
        nodes: [["Dropout", ["x", "ratio", "training"], ["y"]]],
      },
      /Dropout .*is in training mode/,
    ],
    [
      "dropout whose mode is an input",
      { inputs: { x: [2, 3], training: [1] }, nodes: [["Dropout", ["x", "", "training"], ["y"]]] },
      /Dropout .*computes its input 2/,
    ],
    [
      "training-mode normalization before opset 14",
      {
        opset: 9,
        initializers: { s: channels, b: channels, m: channels, v: channels },
        nodes: [["BatchNormalization", ["x", "s", "b", "m", "v"], ["y", "mean", "var"]]],
      },
      /BatchNormalization .*training mode/,
    ],
    ["a graph without outputs", { ...one("Relu"), outputs: [] }, /got a graph without outputs/],
    ["an output that is an input", { ...one("Relu"), outputs: ["y", "x"] }, /'x' as an output, but it is an input or/],
    ["two outputs of one name", { ...one("Relu"), outputs: ["y", "y"] }, /two outputs of one name/],
  ])("%s", (_, model, message) => {
    expect(refusal(model)).toMatch(message);
  });

  it("is readable once an open size has a number", () => {
    const { graph } = readOnnx(onnxBytes(one("Reshape", {}, { s: integers(-1, 4) }, open)), { batch: 2 });
    expect(outputOf(graph, "y")!.shape).toEqual([24, 4]);
  });
});

describe("damaged files", () => {
  const files = cases.map(([, model]) => onnxBytes(model));

  /** Reads and writes, and lets only errors pass that say what is wrong with the file. */
  const survive = (bytes: Uint8Array): boolean => {
    try {
      const { graph, parameters } = readOnnx(bytes);
      verifyGraph(graph);
      writeOnnx(graph, { initializers: new Map([...parameters].map(([name, { data }]) => [name, data])) });
      return true;
    } catch (error) {
      if (!(error instanceof ModelError || error instanceof ShapeError)) throw error;
      expect(error.message).not.toMatch(/internal/);
      return false;
    }
  };

  it("are refused or read, wherever bytes differ", () => {
    const damage = fc.record({
      file: fc.nat({ max: files.length - 1 }),
      changes: fc.array(fc.record({ at: fc.nat(), to: fc.nat({ max: 255 }) }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(damage, ({ file, changes }) => {
        const bytes = Uint8Array.from(files[file]!);
        for (const { at, to } of changes) bytes[at % bytes.length] = to;
        survive(bytes);
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it("are refused or read, wherever they are cut off", () => {
    for (const bytes of files) {
      expect(survive(bytes)).toBe(true);
      for (let length = 0; length < bytes.length; length += 13) survive(bytes.subarray(0, length));
    }
  });

  it.each<[string, Uint8Array]>([
    ["no bytes", new Uint8Array()],
    ["text", Buffer.from("<html>not found</html>")],
    ["ones", new Uint8Array(100).fill(0xff)],
    ["the beginning of an image file", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
  ])("%s are no model", (_, bytes) => {
    expect(() => readOnnx(bytes)).toThrow(ModelError);
    expect(() => readOnnx(bytes)).toThrow(/^ONNX file: got .*: check that /);
  });
});
