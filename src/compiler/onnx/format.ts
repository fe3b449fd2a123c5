/** Plain descriptions of ONNX models ↔ their protobuf bytes: the only file that knows the ONNX schema (onnx-buf). */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
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
  shortestFloat,
  type TensorData,
  type TensorType,
} from "../graph/index.ts";

export type OnnxTensor = {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: TensorData;
};
export type OnnxNode = {
  readonly opType: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: { readonly [name: string]: Attribute | OnnxTensor | OnnxGraph | OnnxBranch | undefined };
};
/** An input or output of an ONNX model. */
export type OnnxPort = TensorType & { readonly name: string };
/** The body of an `If`: it has no inputs but what is around it, and the runtime finds the types of its outputs. */
export type OnnxBranch = {
  readonly name: string;
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
};
/** The graph of a model, or the body of a node that repeats it. */
export type OnnxGraph = {
  readonly name: string;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
};
export type ModelDescription = OnnxGraph & { readonly metadata: Readonly<Record<string, string>> };
/** A model that was read, with the version of the operators it is written in. */
export type DecodedModel = ModelDescription & { readonly opset: number };

const OPSET = 17;
const IR_VERSION = 8;

/** The bytes of an ONNX file. */
export function encodeModel(model: ModelDescription): Uint8Array {
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(IR_VERSION),
    producerName: "cosface",
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

function encodePort({ name, type, shape }: OnnxPort) {
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

function encodeAttribute(name: string, value: Attribute | OnnxTensor | OnnxGraph | OnnxBranch): AttributeProto {
  const base = { name };
  if (typeof value === "number") {
    // ONNX tells whole numbers from floats; the only float attributes that are written have names known here.
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

function isGraph(value: OnnxNode["attributes"][string]): value is OnnxGraph | OnnxBranch {
  return typeof value === "object" && "nodes" in value;
}

const floatAttributes = new Set(["epsilon", "momentum", "alpha", "beta"]);

/** Reads the bytes of an ONNX file. */
export function decodeModel(bytes: Uint8Array): DecodedModel {
  let proto: ModelProto;
  try {
    proto = fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw new ModelError("ONNX file: got bytes that are no ONNX model: check that the file is complete", { cause });
  }
  const { graph } = proto;
  if (graph === undefined || graph.node.length === 0) {
    throw new ModelError("ONNX file: got a file without a graph: check that it is an ONNX model and complete");
  }
  const initializers = graph.initializer.map(decodeTensor);
  const given = new Set(initializers.map(({ name }) => name));
  return {
    name: graph.name,
    opset: Number(proto.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version ?? 1n),
    inputs: graph.input.filter(({ name }) => !given.has(name)).map(decodePort),
    outputs: graph.output.map(decodePort),
    nodes: graph.node.map((node) => ({
      opType: node.opType,
      ...(node.domain === "" || node.domain === "ai.onnx" ? {} : { domain: node.domain }),
      inputs: node.input,
      outputs: node.output,
      attributes: Object.fromEntries(node.attribute.map((attribute) => [attribute.name, decodeAttribute(attribute)])),
    })),
    initializers,
    metadata: Object.fromEntries(proto.metadataProps.map(({ key, value }) => [key, value])),
  };
}

function decodePort({ name, type }: ValueInfoProto): OnnxPort {
  if (type?.value.case !== "tensorType") throw new ModelError(`ONNX file: '${name}' is no tensor, expected one`);
  const { elemType, shape } = type.value.value;
  const dims = (shape?.dim ?? []).map(({ value }, axis): Dim => {
    if (value.case === "dimValue" && value.value > 0n) return Number(value.value);
    return value.case === "dimParam" && value.value !== "" ? value.value : `${name}_${axis}`;
  });
  return { name, type: elementType(elemType, name), shape: dims };
}

function elementType(number: number, name: string): ElementType {
  const found = Object.entries(onnxElementType).find(([, value]) => value === number);
  if (found === undefined) {
    throw new ModelError(`ONNX file: '${name}' has element type ${number}, expected f32, f64, i32, i64, u8 or bool`);
  }
  return found[0] as ElementType;
}

const arrays = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  i64: BigInt64Array,
  u8: Uint8Array,
  bool: Uint8Array,
} as const;

function decodeTensor(tensor: TensorProto): OnnxTensor {
  const type = elementType(tensor.dataType, tensor.name);
  const shape = tensor.dims.map(Number);
  if (shape.some((size) => size < 0)) throw new ModelError(`ONNX file: '${tensor.name}' has the shape [${shape}]`);
  if (tensor.externalData.length > 0) {
    throw new ModelError(`ONNX file: '${tensor.name}' lies in another file: save the model with its weights inside`);
  }
  const count = shape.reduce((product, size) => product * size, 1);
  let data: TensorData;
  if (tensor.rawData.length > 0) {
    // A copy, since typed arrays must begin at a multiple of their element's size. (A Buffer's own slice() is a view.)
    const copy = Uint8Array.from(tensor.rawData);
    if (copy.byteLength !== count * arrays[type].BYTES_PER_ELEMENT) {
      throw new ModelError(
        `ONNX file: '${tensor.name}' holds ${copy.byteLength} bytes, expected ${count} elements of ${type}`,
      );
    }
    data = new arrays[type](copy.buffer);
  } else if (type === "f32") data = Float32Array.from(tensor.floatData);
  else if (type === "f64") data = Float64Array.from(tensor.doubleData);
  else if (type === "i64") data = BigInt64Array.from(tensor.int64Data);
  else data = arrays[type].from(tensor.int32Data);
  if (data.length !== count) {
    throw new ModelError(`ONNX file: '${tensor.name}' holds ${data.length} elements, expected ${count}`);
  }
  return { name: tensor.name, type, shape, data };
}

/** Undefined for kinds that no op here has, such as subgraphs: the op itself is then what cannot be read. */
function decodeAttribute(attribute: AttributeProto): Attribute | OnnxTensor | undefined {
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
      return attribute.t === undefined ? undefined : decodeTensor(attribute.t);
    default:
      return undefined;
  }
}

/** Inputs, outputs and metadata of an ONNX file, without building its graph. */
export function readOnnxPorts(bytes: Uint8Array): Pick<ModelDescription, "inputs" | "outputs" | "metadata"> {
  const { inputs, outputs, metadata } = decodeModel(bytes);
  return { inputs, outputs, metadata };
}

/** Number of ModelProto's field `graph`. */
const GRAPH_FIELD = 7;

/** The bytes of a file's graph, weights included, without metadata, producer or version: what an id is a digest of. */
export function onnxGraphBytes(bytes: Uint8Array): Uint8Array {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === GRAPH_FIELD && wireType === WireType.LengthDelimited) return reader.bytes();
    reader.skip(wireType, field);
  }
  throw new ModelError("ONNX file: got a file without a graph: check that it is an ONNX model and complete");
}

/**
 * A file with further key-value pairs in its `metadata_props`: messages of protobuf are joined by joining their bytes.
 */
export function addOnnxMetadata(bytes: Uint8Array, metadata: Readonly<Record<string, string>>): Uint8Array {
  const metadataProps = Object.entries(metadata).map(([key, value]) => ({ key, value }));
  return joinBytes([bytes, toBinary(ModelProtoSchema, create(ModelProtoSchema, { metadataProps }))]);
}
