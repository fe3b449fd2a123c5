import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { GraphProtoSchema, type ModelProto, ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../base/core/index.ts";
import { conv2d, type ElementType, input, relu, type TensorData } from "../graph/index.ts";
import {
  addOnnxMetadata,
  decodeModel,
  encodeModel,
  type ModelDescription,
  type OnnxTensor,
  onnxGraphBytes,
} from "./format.ts";
import { writeOnnx } from "./writer.ts";

const tensor = (name: string, type: ElementType, data: TensorData): OnnxTensor => ({
  name,
  type,
  shape: [data.length],
  data,
});

const model: ModelDescription = {
  name: "g",
  inputs: [{ name: "x", type: "f32", shape: ["batch", 3] }],
  outputs: [{ name: "y", type: "u8", shape: [] }],
  nodes: [
    {
      opType: "Conv",
      inputs: ["x", "", "w"],
      outputs: ["y"],
      attributes: { strides: [1, 2], group: 4, epsilon: 1e-5, auto_pad: "SAME_UPPER" },
    },
    { opType: "Fused", domain: "com.microsoft", inputs: [], outputs: ["z"], attributes: {} },
  ],
  initializers: [
    tensor("f32", "f32", Float32Array.of(0.1, -0, Number.NaN)),
    tensor("f64", "f64", Float64Array.of(0.1, 1e300)),
    tensor("i32", "i32", Int32Array.of(-1, 2 ** 31 - 1)),
    tensor("i64", "i64", BigInt64Array.of(-(2n ** 63n), 5n)),
    tensor("u8", "u8", Uint8Array.of(0, 255)),
    tensor("bool", "bool", Uint8Array.of(0, 1)),
  ],
  metadata: { key: "value" },
};

describe("models as bytes", () => {
  it("are read as they were written", () => {
    expect(decodeModel(encodeModel(model))).toEqual({ ...model, opset: 17, foreignTensors: new Map() });
  });

  it("are read from any place of a larger buffer, and do not keep that buffer", () => {
    const bytes = encodeModel(model);
    const expected = decodeModel(bytes);
    for (const offset of [1, 2, 3, 5]) {
      // A Buffer's slice() is a view at an odd place, which typed arrays of 4 and 8 bytes cannot lie on.
      const large = Buffer.alloc(bytes.length + 16);
      large.set(bytes, offset);
      const read = decodeModel(large.slice(offset, offset + bytes.length));
      expect(read).toEqual(expected);
      large.fill(0xff);
      expect(read).toEqual(expected);
    }
  });

  it("never share memory with what was written", () => {
    const data = Float32Array.of(1, 2, 3);
    const bytes = encodeModel({ ...model, initializers: [tensor("f32", "f32", data)] });
    data.fill(0);
    expect(decodeModel(bytes).initializers[0]!.data).toEqual(Float32Array.of(1, 2, 3));
  });

  it("hold floats in f32, read with as few digits as they were written", () => {
    const attributes = { epsilon: 2e-5, alpha: 1 / 3, momentum: 0.9, beta: 0 };
    const [node] = decodeModel(
      encodeModel({ ...model, nodes: [{ opType: "X", inputs: [], outputs: ["y"], attributes }] }),
    ).nodes;
    expect(node!.attributes).toEqual({ ...attributes, alpha: 0.33333334 });
    expect(Math.fround(0.33333334)).toBe(Math.fround(1 / 3));
  });

  it.each<[string, OnnxTensor, RegExp]>([
    [
      "too few bytes",
      { name: "w", type: "f32", shape: [4], data: new Float32Array(3) },
      /'w' holds 12 bytes, expected 4 elements of f32/,
    ],
    ["no bytes", { name: "w", type: "f64", shape: [2], data: new Float64Array() }, /'w' holds 0 elements, expected 2/],
    [
      "negative sizes",
      { name: "w", type: "f32", shape: [-1, -2], data: new Float32Array(2) },
      /'w' has the shape \[-1,-2\]/,
    ],
  ])("with a tensor of %s are refused", (_, damaged, message) => {
    const bytes = encodeModel({ ...model, initializers: [damaged] });
    expect(() => decodeModel(bytes)).toThrow(ModelError);
    expect(() => decodeModel(bytes)).toThrow(message);
  });

  it("without a graph are refused", () => {
    expect(() => decodeModel(encodeModel({ ...model, nodes: [] }))).toThrow(
      "ONNX file: got a file without a graph: check that it is an ONNX model and complete",
    );
  });
});

describe("the bytes of a graph that an id is a digest of", () => {
  const [x, w] = [input("x", "f32", [1, 2, 4, 4]), input("w", "f32", [2, 2, 3, 3])];
  const initializers = new Map([["w", Float32Array.from({ length: 36 }, (_, i) => i)]]);
  const file = writeOnnx({ name: "g", outputs: { y: relu(conv2d(x, w)) } }, { initializers });
  /** The same file as others write it, or as earlier versions did. */
  const changed = (change: (model: ModelProto) => void): Uint8Array => {
    const proto = fromBinary(ModelProtoSchema, file);
    change(proto);
    return toBinary(ModelProtoSchema, proto);
  };
  const withoutKernelShape = ({ graph }: ModelProto) => {
    for (const node of graph!.node) node.attribute = node.attribute.filter(({ name }) => name !== "kernel_shape");
  };

  it("are those that earlier versions wrote, without kernel_shape", () => {
    const earlier = changed(withoutKernelShape);
    expect(earlier.length).toBeLessThan(file.length);
    expect(onnxGraphBytes(file)).toEqual(onnxGraphBytes(earlier));
    expect(onnxGraphBytes(addOnnxMetadata(file, { key: "value" }))).toEqual(onnxGraphBytes(file));
    const proto = fromBinary(ModelProtoSchema, earlier);
    expect(onnxGraphBytes(earlier)).toEqual(toBinary(GraphProtoSchema, proto.graph!));
  });

  it("are all bytes of files that others wrote", () => {
    const [foreign, without] = [
      changed((model) => {
        model.producerName = "pytorch";
      }),
      changed((model) => {
        model.producerName = "pytorch";
        withoutKernelShape(model);
      }),
    ];
    expect(onnxGraphBytes(foreign)).toEqual(toBinary(GraphProtoSchema, fromBinary(ModelProtoSchema, foreign).graph!));
    expect(onnxGraphBytes(foreign)).not.toEqual(onnxGraphBytes(without));
  });

  it.each([new Uint8Array(), Uint8Array.of(0xff, 0xff, 0xff), Buffer.from("<html>")])("need a model", (bytes) => {
    expect(() => onnxGraphBytes(bytes)).toThrow(ModelError);
  });
});
