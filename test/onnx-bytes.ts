/** ONNX files made node by node, as other exporters make them: any opset, any attribute, any initializer. */
import { create, toBinary } from "@bufbuild/protobuf";
import { AttributeProtoSchema, AttributeProto_AttributeType as Kind, ModelProtoSchema } from "onnx-buf";

export type TestTensor = {
  readonly shape: readonly number[];
  /** "float16" and "bfloat16" take the bits of each element as values. */
  readonly type?: "f32" | "i64" | "bool" | "int8" | "float16" | "bfloat16";
  readonly values: readonly number[];
};
export type TestAttribute =
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TestTensor }
  | number
  | string
  | readonly number[];
export type TestNode = readonly [
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes?: { readonly [name: string]: TestAttribute },
];
export type TestModel = {
  readonly opset?: number;
  readonly domain?: string;
  /** f32 inputs, "x" of [2, 3, 4, 4] by default. */
  readonly inputs?: { readonly [name: string]: readonly (number | string)[] };
  readonly initializers?: { readonly [name: string]: TestTensor };
  readonly nodes: readonly TestNode[];
  /** Names of f32 outputs, "y" by default. */
  readonly outputs?: readonly string[];
};

const FLOAT = 1;
const INT64 = 7;
/** Types whose elements lie in `int32_data`. */
const SMALL_TYPES = { bool: 9, int8: 3, float16: 10, bfloat16: 16 } as const;

export function onnxBytes({
  opset = 17,
  domain = "",
  inputs = { x: [2, 3, 4, 4] },
  initializers = {},
  nodes,
  outputs = ["y"],
}: TestModel): Uint8Array {
  const port = (name: string, shape?: readonly (number | string)[]) => ({
    name,
    type: {
      value: {
        case: "tensorType" as const,
        value: {
          elemType: FLOAT,
          ...(shape === undefined ? {} : { shape: { dim: shape.map((size) => ({ value: dimension(size) })) } }),
        },
      },
    },
  });
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: "", version: BigInt(opset) }],
    graph: {
      name: "test",
      input: Object.entries(inputs).map(([name, shape]) => port(name, shape)),
      output: outputs.map((name) => port(name)),
      initializer: Object.entries(initializers).map(([name, tensor]) => ({ name, ...tensorProto(tensor) })),
      node: nodes.map(([opType, input, output, attributes = {}]) => ({
        opType,
        domain,
        input: [...input],
        output: [...output],
        attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
      })),
    },
  });
  return toBinary(ModelProtoSchema, model);
}

function dimension(size: number | string) {
  return typeof size === "number"
    ? { case: "dimValue" as const, value: BigInt(size) }
    : { case: "dimParam" as const, value: size };
}

function tensorProto({ shape, type = "f32", values }: TestTensor) {
  const dims = shape.map(BigInt);
  if (type === "f32") return { dims, dataType: FLOAT, floatData: [...values] };
  if (type === "i64") return { dims, dataType: INT64, int64Data: values.map(BigInt) };
  return { dims, dataType: SMALL_TYPES[type], int32Data: [...values] };
}

function attributeProto(name: string, value: TestAttribute) {
  if (typeof value === "number") return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(value) });
  if (typeof value === "string") {
    return create(AttributeProtoSchema, { name, type: Kind.STRING, s: Uint8Array.from(Buffer.from(value)) });
  }
  if ("float" in value) return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: value.float });
  if ("floats" in value) return create(AttributeProtoSchema, { name, type: Kind.FLOATS, floats: [...value.floats] });
  if ("tensor" in value) return create(AttributeProtoSchema, { name, type: Kind.TENSOR, t: tensorProto(value.tensor) });
  return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: value.map(BigInt) });
}
