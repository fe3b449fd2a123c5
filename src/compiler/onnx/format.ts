/** Plain descriptions of ONNX models ↔ their protobuf bytes: the only file that knows the ONNX schema (onnx-buf). */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
} from "onnx-buf";
import { joinBytes, ModelError } from "../../base/core/index.ts";
import {
  type Attribute,
  type Dim,
  type ElementType,
  onnxElementType,
  type Shape,
  shortestFloat,
  type TensorData,
  type TensorType,
} from "../graph/index.ts";

/** A tensor of a file, with its elements. */
export type OnnxTensor = {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: TensorData;
};
/** A node of a file. */
export type OnnxNode = {
  readonly opType: string;
  /** That of ops beyond ONNX's own. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: { readonly [name: string]: OnnxAttribute | undefined };
};
/** A tensor of an element type that graphs do not have. */
export type ForeignTensor = { readonly foreignType: string };
/** A setting of a node. */
export type OnnxAttribute = Attribute | OnnxTensor | ForeignTensor | OnnxGraph | OnnxBranch;
/** An input or output of a model that this project can run. */
export type TypedPort = TensorType & { readonly name: string };
/**
 * An input or output as a file declares it. Element types that graphs do not have bear ONNX's names, such as "float16"
 * or "int8"; values that are not tensors, such as "sequence", have the shape [].
 */
export type OnnxPort = { readonly name: string; readonly type: string; readonly shape: Shape };
/** The body of an `If`: it reads what is around it, and the runtime infers the types of its outputs. */
export type OnnxBranch = {
  readonly name: string;
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
};
/** The graph of a model, or the body of a node that repeats it. */
export type OnnxGraph = {
  readonly name: string;
  readonly inputs: readonly TypedPort[];
  readonly outputs: readonly TypedPort[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
};
/** A model to write. */
export type ModelDescription = OnnxGraph & { readonly metadata: Readonly<Record<string, string>> };
/** A model that was read. */
export type DecodedModel = Omit<ModelDescription, "inputs" | "outputs"> & {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  /** Version of the operators. */
  readonly opset: number;
  /** Tensors of element types that graphs do not have, by name: the type. */
  readonly foreignTensors: ReadonlyMap<string, string>;
};

const OPSET = 17;
const IR_VERSION = 8;

/** The bytes of an ONNX file. */
export function encodeModel(model: ModelDescription): Uint8Array {
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(IR_VERSION),
    producerName: PRODUCER,
    opsetImport: [
      { domain: "", version: BigInt(OPSET) },
      ...[...domains(model)].map((domain) => ({ domain, version: 1n })),
    ],
    metadataProps: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
    graph: encodeGraph(model),
  });
  return toBinary(ModelProtoSchema, proto);
}

/** Domains beyond ONNX's own that a graph uses, and those that its nodes repeat. */
function domains({ nodes }: OnnxGraph | OnnxBranch): Set<string> {
  const bodies = nodes.flatMap(({ attributes }) => Object.values(attributes).filter(isGraph));
  return new Set([...nodes.flatMap(({ domain }) => domain ?? []), ...bodies.flatMap((body) => [...domains(body)])]);
}

function encodeGraph({ name, inputs, outputs, nodes, initializers }: OnnxGraph): GraphProto {
  return create(GraphProtoSchema, {
    name,
    input: inputs.map(encodePort),
    output: outputs.map(encodePort),
    initializer: initializers.map(encodeTensor),
    node: nodes.map(encodeNode),
  });
}

function encodeBranch({ name, outputs, nodes }: OnnxBranch): GraphProto {
  return create(GraphProtoSchema, {
    name,
    output: outputs.map((output) => ({ name: output })),
    node: nodes.map(encodeNode),
  });
}

function encodeNode({ opType, domain = "", inputs, outputs, attributes }: OnnxNode) {
  return {
    opType,
    domain,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [encodeAttribute(name, value)],
    ),
  };
}

function encodePort({ name, type, shape }: TypedPort) {
  const dim = shape.map((size) => ({
    value:
      typeof size === "number"
        ? ({ case: "dimValue", value: BigInt(size) } as const)
        : ({ case: "dimParam", value: size } as const),
  }));
  return {
    name,
    type: { value: { case: "tensorType", value: { elemType: onnxElementType[type], shape: { dim } } } },
  } as const;
}

function encodeTensor({ name, type, shape, data }: OnnxTensor): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: onnxElementType[type],
    dims: shape.map(BigInt),
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  });
}

function encodeAttribute(name: string, value: OnnxAttribute): AttributeProto {
  const base = { name };
  if (typeof value === "number") {
    // ONNX distinguishes whole numbers from floats by the attribute; these are the float ones that are written.
    return floatAttributes.has(name)
      ? create(AttributeProtoSchema, { ...base, type: AttributeType.FLOAT, f: value })
      : create(AttributeProtoSchema, { ...base, type: AttributeType.INT, i: BigInt(value) });
  }
  if (typeof value === "string") {
    return create(AttributeProtoSchema, {
      ...base,
      type: AttributeType.STRING,
      s: new TextEncoder().encode(value) as Uint8Array<ArrayBuffer>,
    });
  }
  if (Array.isArray(value)) {
    return create(AttributeProtoSchema, { ...base, type: AttributeType.INTS, ints: value.map(BigInt) });
  }
  if (isGraph(value)) {
    return create(AttributeProtoSchema, {
      ...base,
      type: AttributeType.GRAPH,
      g: "inputs" in value ? encodeGraph(value) : encodeBranch(value),
    });
  }
  throw new ModelError(`internal: attribute '${name}' has a kind that is not written`);
}

function isGraph(value: OnnxAttribute | undefined): value is OnnxGraph | OnnxBranch {
  return typeof value === "object" && "nodes" in value;
}

const floatAttributes = new Set(["epsilon", "momentum", "alpha", "beta"]);

/**
 * Reads the bytes of an ONNX file.
 * @throws {ModelError} for bytes that are not an ONNX model, and for tensors whose elements do not fit their shape.
 */
export function decodeModel(bytes: Uint8Array): DecodedModel {
  const proto = decodeProto(bytes);
  const graph = graphOf(proto);
  const foreignTensors = new Map<string, string>();
  const initializers = graph.initializer.flatMap((proto) => {
    const tensor = decodeTensorProto(proto);
    if (!("foreignType" in tensor)) return [tensor];
    foreignTensors.set(proto.name, tensor.foreignType);
    return [];
  });
  return {
    name: graph.name,
    opset: Number(proto.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version ?? 1n),
    ...portsOf(graph),
    nodes: graph.node.map((node) => ({
      opType: node.opType,
      ...(node.domain === "" || node.domain === "ai.onnx" ? {} : { domain: node.domain }),
      inputs: node.input,
      outputs: node.output,
      attributes: Object.fromEntries(node.attribute.map((attribute) => [attribute.name, decodeAttribute(attribute)])),
    })),
    initializers,
    foreignTensors,
    metadata: metadataOf(proto),
  };
}

function decodeProto(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw new ModelError(NOT_A_MODEL, { cause });
  }
}

function graphOf({ graph }: ModelProto): GraphProto {
  if (graph !== undefined && graph.node.length > 0) return graph;
  throw new ModelError(NO_GRAPH);
}

export const NOT_A_MODEL = "ONNX file: got bytes that are not an ONNX model: check that the file is complete";
const NO_GRAPH = "ONNX file: got a file without a graph: check that it is an ONNX model and complete";

function metadataOf({ metadataProps }: ModelProto): Readonly<Record<string, string>> {
  return Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
}

/** Inputs without those that the file itself gives elements, and outputs. */
function portsOf({ input, output, initializer }: GraphProto): Pick<DecodedModel, "inputs" | "outputs"> {
  const given = new Set(initializer.map(({ name }) => name));
  return { inputs: input.filter(({ name }) => !given.has(name)).map(decodePort), outputs: output.map(decodePort) };
}

function decodePort({ name, type }: ValueInfoProto): OnnxPort {
  if (type?.value.case !== "tensorType") {
    return { name, type: type?.value.case?.replace("Type", "") ?? "untyped", shape: [] };
  }
  const { elemType, shape } = type.value.value;
  const dims = (shape?.dim ?? []).map(({ value }, axis): Dim => {
    if (value.case === "dimValue" && value.value > 0n) return Number(value.value);
    return value.case === "dimParam" && value.value !== "" ? value.value : `${name}_${axis}`;
  });
  return { name, type: typeName(elemType), shape: dims };
}

/** Names of ONNX's element types, by number, in messages and declarations of ports. */
const typeNames: Readonly<Record<number, string>> = {
  ...Object.fromEntries(Object.entries(onnxElementType).map(([name, number]) => [number, name])),
  3: "int8",
  4: "uint16",
  5: "int16",
  8: "string",
  10: "float16",
  12: "uint32",
  13: "uint64",
  14: "complex64",
  15: "complex128",
  16: "bfloat16",
  17: "float8e4m3fn",
  18: "float8e4m3fnuz",
  19: "float8e5m2",
  20: "float8e5m2fnuz",
  21: "uint4",
  22: "int4",
  23: "float4e2m1",
};

/** The name of an element type: ours where graphs have it, ONNX's where they do not. */
export function typeName(number: number): string {
  return typeNames[number] ?? `of number ${number}`;
}

/** Element types that graphs have; the elements of `widened` become f32. */
export const SUPPORTED_TYPES = "f32, f64, i32, i64, u8, bool, float16 or bfloat16";

const arrays = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  i64: BigInt64Array,
  u8: Uint8Array,
  bool: Uint8Array,
} as const;

/** Types of two bytes whose elements become f32, without loss, with the function that decodes the bytes of one. */
const widened = { float16: fromFloat16, bfloat16: fromBfloat16 } as const;

/** The type that elements of a declared type have in a graph; undefined if graphs have none for it. */
export function graphType(name: string): ElementType | undefined {
  if (name in widened) return "f32";
  return name in arrays ? (name as ElementType) : undefined;
}

/** IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of an f32. */
function fromBfloat16(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}

/** A tensor, or the name of its element type where graphs have none for it. */
export function decodeTensorProto(tensor: TensorProto): OnnxTensor | ForeignTensor {
  const declared = typeName(tensor.dataType);
  const type = graphType(declared);
  return type === undefined ? { foreignType: declared } : decodeTensor(tensor, declared, type);
}

/** A tensor with its elements as `type`; those of 16 bits become f32. */
function decodeTensor(tensor: TensorProto, declared: string, type: ElementType): OnnxTensor {
  const shape = tensor.dims.map(Number);
  if (shape.some((size) => size < 0)) throw new ModelError(`ONNX file: '${tensor.name}' has the shape [${shape}]`);
  if (tensor.externalData.length > 0) {
    throw new ModelError(`ONNX file: '${tensor.name}' lies in another file: save the model with its weights inside`);
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const wide = declared === "float16" || declared === "bfloat16" ? widened[declared] : undefined;
  const width = wide === undefined ? arrays[type].BYTES_PER_ELEMENT : 2;
  if (tensor.rawData.length > 0 && tensor.rawData.length !== count * width) {
    throw new ModelError(
      `ONNX file: '${tensor.name}' holds ${tensor.rawData.length} bytes, expected ${count} elements of ${declared}`,
    );
  }
  const data = wide === undefined ? elementsOf(tensor, type) : Float32Array.from(halvesOf(tensor), wide);
  if (data.length !== count) {
    throw new ModelError(`ONNX file: '${tensor.name}' holds ${data.length} elements, expected ${count}`);
  }
  return { name: tensor.name, type, shape, data };
}

function elementsOf(tensor: TensorProto, type: ElementType): TensorData {
  // A copy, since typed arrays must begin at a multiple of their element's size. (A Buffer's own slice() is a view.)
  if (tensor.rawData.length > 0) return new arrays[type](Uint8Array.from(tensor.rawData).buffer);
  if (type === "f32") return Float32Array.from(tensor.floatData);
  if (type === "f64") return Float64Array.from(tensor.doubleData);
  if (type === "i64") return BigInt64Array.from(tensor.int64Data);
  return arrays[type].from(tensor.int32Data);
}

/** The bits of elements of two bytes. */
function halvesOf({ rawData, int32Data }: TensorProto): Iterable<number> & ArrayLike<number> {
  return rawData.length > 0 ? new Uint16Array(Uint8Array.from(rawData).buffer) : int32Data;
}

/** Undefined for kinds that the ops here do not take, such as subgraphs: the op itself is then reported. */
function decodeAttribute(attribute: AttributeProto): Attribute | OnnxTensor | ForeignTensor | undefined {
  switch (attribute.type) {
    case AttributeType.FLOAT:
      return shortestFloat(attribute.f);
    case AttributeType.INT:
      return Number(attribute.i);
    case AttributeType.STRING:
      return new TextDecoder().decode(attribute.s);
    case AttributeType.FLOATS:
      return attribute.floats.map(shortestFloat);
    case AttributeType.INTS:
      return attribute.ints.map(Number);
    case AttributeType.TENSOR:
      return attribute.t && decodeTensorProto(attribute.t);
    default:
      return undefined;
  }
}

/**
 * Inputs, outputs and metadata of an ONNX file, without its weights: a file that only the runtime can read has them.
 */
export function readOnnxPorts(bytes: Uint8Array): Pick<DecodedModel, "inputs" | "outputs" | "metadata"> {
  const proto = decodeProto(bytes);
  return { ...portsOf(graphOf(proto)), metadata: metadataOf(proto) };
}

/** Numbers of ModelProto's fields `producer_name` and `graph`, and of GraphProto's field `node`. */
const [PRODUCER_FIELD, GRAPH_FIELD, NODE_FIELD] = [2, 7, 1];
const PRODUCER = "cosface";

/**
 * The bytes of a file's graph, weights included, without metadata, producer or version: an embedder's id is their
 * digest. For files that this project wrote, `kernel_shape` of convolutions is left out, since earlier versions did not
 * write it: the id of a network is the same for both.
 * @throws {ModelError} for bytes that are not an ONNX model.
 */
export function onnxGraphBytes(bytes: Uint8Array): Uint8Array {
  try {
    const reader = new BinaryReader(bytes);
    let producer = "";
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      const isMessage = wireType === WireType.LengthDelimited;
      if (field === GRAPH_FIELD && isMessage) {
        const graph = reader.bytes();
        return producer === PRODUCER ? withoutKernelShapes(graph) : graph;
      }
      if (field === PRODUCER_FIELD && isMessage) producer = reader.string();
      else reader.skip(wireType, field);
    }
  } catch (cause) {
    throw new ModelError(NOT_A_MODEL, { cause });
  }
  throw new ModelError(NO_GRAPH);
}

/** The bytes of a graph as if convolutions had no `kernel_shape`; all other bytes, such as weights, are copied. */
function withoutKernelShapes(graph: Uint8Array): Uint8Array {
  const reader = new BinaryReader(graph);
  const parts: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    if (field !== NODE_FIELD || wireType !== WireType.LengthDelimited) {
      reader.skip(wireType, field);
      parts.push(graph.subarray(start, reader.pos));
      continue;
    }
    const node = fromBinary(NodeProtoSchema, reader.bytes());
    if (node.opType.startsWith("Conv")) node.attribute = node.attribute.filter(({ name }) => name !== "kernel_shape");
    parts.push(new BinaryWriter().tag(field, wireType).bytes(toBinary(NodeProtoSchema, node)).finish());
  }
  return joinBytes(parts);
}

/** A file with further key-value pairs in its `metadata_props`: joining their bytes joins messages of protobuf. */
export function addOnnxMetadata(bytes: Uint8Array, metadata: Readonly<Record<string, string>>): Uint8Array {
  const metadataProps = Object.entries(metadata).map(([key, value]) => ({ key, value }));
  return joinBytes([bytes, toBinary(ModelProtoSchema, create(ModelProtoSchema, { metadataProps }))]);
}
