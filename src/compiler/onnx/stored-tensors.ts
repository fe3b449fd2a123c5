/**
 * The tensors that a file stores, found and replaced in its bytes. Everything else is copied byte for byte: a network
 * that was fine-tuned stays the file that others load, with the same names, order, versions and notes, and other
 * weights. Reading the file into messages and writing them again would lose what this project does not know.
 *
 * A file of protobuf is a sequence of fields, and messages are fields that hold fields.
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { joinBytes, ModelError, toHalf } from "../../base/core/index.ts";
import { NOT_A_MODEL } from "./format.ts";

/** Numbers of the fields on the way to a tensor, in onnx.proto. */
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5, output: 12 } as const;
const NODE = { output: 2, attribute: 5 } as const;
const ATTRIBUTE = { tensor: 5 } as const;
const TENSOR = { type: 2, floats: 4, integers: 5, name: 8, raw: 9, external: 13, location: 14 } as const;
const EXTERNAL = { key: 1, value: 2 } as const;

/** Numbers of element types. */
const FLOAT = 1;
const FLOAT16 = 10;
const BFLOAT16 = 16;

/** Returns other bytes for a field that holds bytes; undefined leaves the field as it is. */
type Change = (field: number, payload: Uint8Array) => Uint8Array | undefined;

/** Copies a message with some of its fields changed; the very same bytes where none is. */
function changeFields(message: Uint8Array, change: Change): Uint8Array {
  const reader = new BinaryReader(message);
  const parts: Uint8Array[] = [];
  let copied = 0;
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    if (wireType !== WireType.LengthDelimited) {
      reader.skip(wireType, field);
      continue;
    }
    const payload = reader.bytes();
    const changed = change(field, payload);
    if (changed === undefined || changed === payload) continue;
    parts.push(message.subarray(copied, start), fieldStart(field, changed.length), changed);
    copied = reader.pos;
  }
  return parts.length === 0 ? message : joinBytes([...parts, message.subarray(copied)]);
}

/** The bytes before the payload of a field. */
function fieldStart(field: number, length: number): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(length).finish();
}

function field(number: number, payload: Uint8Array): Uint8Array {
  return joinBytes([fieldStart(number, payload.length), payload]);
}

/** The payloads of a message's fields of one number, and whole numbers where the field is one. */
function fieldsOf(message: Uint8Array, number: number): readonly (Uint8Array | number)[] {
  const reader = new BinaryReader(message);
  const found: (Uint8Array | number)[] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field !== number) reader.skip(wireType, field);
    else if (wireType === WireType.LengthDelimited) found.push(reader.bytes());
    else if (wireType === WireType.Varint) found.push(Number(reader.uint64()));
    else reader.skip(wireType, field);
  }
  return found;
}

const decoder = new TextDecoder();
const textOf = (payload: Uint8Array | number | undefined) =>
  payload instanceof Uint8Array ? decoder.decode(payload) : "";

/** Applies a function to every tensor of a file: its initializers, and the values of its `Constant` nodes. */
function changeTensors(file: Uint8Array, change: (name: string, tensor: Uint8Array) => Uint8Array): Uint8Array {
  const ofNode = (node: Uint8Array): Uint8Array => {
    const [output] = fieldsOf(node, NODE.output);
    return changeFields(node, (number, attribute) =>
      number !== NODE.attribute
        ? undefined
        : changeFields(attribute, (inner, tensor) =>
            inner === ATTRIBUTE.tensor ? change(textOf(output), tensor) : undefined,
          ),
    );
  };
  return changeFields(file, (number, graph) =>
    number !== MODEL.graph
      ? undefined
      : changeFields(graph, (inner, payload) => {
          if (inner === GRAPH.initializer) return change(textOf(fieldsOf(payload, TENSOR.name)[0]), payload);
          return inner === GRAPH.node ? ofNode(payload) : undefined;
        }),
  );
}

/**
 * A file with other numbers in its tensors, by name: those of initializers, or of the outputs of `Constant` nodes.
 * Tensors of 16 bits keep their type, so their numbers are rounded to it.
 *
 * @throws {ModelError} for a name that the file does not have, and for a tensor that is not of floats.
 */
export function replaceTensors(file: Uint8Array, tensors: ReadonlyMap<string, Float32Array>): Uint8Array {
  const left = new Set(tensors.keys());
  const changed = changeTensors(file, (name, tensor) => {
    const numbers = tensors.get(name);
    if (numbers === undefined) return tensor;
    left.delete(name);
    return withNumbers(name, tensor, numbers);
  });
  const [missing] = left;
  if (missing !== undefined) throw new ModelError(`ONNX file: got numbers for '${missing}', which it does not store`);
  return changed;
}

function withNumbers(name: string, tensor: Uint8Array, numbers: Float32Array): Uint8Array {
  const [type] = fieldsOf(tensor, TENSOR.type);
  const raw = bytesOf(name, type, numbers);
  const isRaw = fieldsOf(tensor, TENSOR.raw).some((stored) => stored instanceof Uint8Array && stored.length > 0);
  if (isRaw) return changeFields(tensor, (number) => (number === TENSOR.raw ? raw : undefined));
  return joinBytes([withoutFields(tensor, [TENSOR.floats, TENSOR.integers, TENSOR.raw]), field(TENSOR.raw, raw)]);
}

/** Numbers as the bytes of an element type. */
function bytesOf(name: string, type: Uint8Array | number | undefined, numbers: Float32Array): Uint8Array {
  const own = (array: Float32Array | Uint16Array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  if (type === FLOAT) return own(numbers);
  if (type === FLOAT16) return own(toHalf(numbers));
  if (type === BFLOAT16) return own(Uint16Array.from(numbers, toBfloat16));
  throw new ModelError(
    `ONNX file: '${name}' is not a tensor of f32, float16 or bfloat16, expected one that is trained`,
  );
}

const float = new DataView(new ArrayBuffer(4));

/** The upper half of an f32, rounded to the nearest, ties to even. */
function toBfloat16(number: number): number {
  float.setFloat32(0, number);
  const bits = float.getUint32(0);
  return Math.min(0xffff, (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
}

function withoutFields(message: Uint8Array, numbers: readonly number[]): Uint8Array {
  const reader = new BinaryReader(message);
  const parts: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    reader.skip(wireType, field);
    if (!numbers.includes(field)) parts.push(message.subarray(start, reader.pos));
  }
  return joinBytes(parts);
}

/** Where a tensor lies that is not in the file itself. */
type ExternalPart = { readonly location: string; readonly offset: number; readonly length: number | undefined };

function externalPart(tensor: Uint8Array): ExternalPart | undefined {
  const entries = fieldsOf(tensor, TENSOR.external).flatMap((entry) =>
    entry instanceof Uint8Array
      ? [[textOf(fieldsOf(entry, EXTERNAL.key)[0]), textOf(fieldsOf(entry, EXTERNAL.value)[0])] as const]
      : [],
  );
  if (entries.length === 0) return undefined;
  const { location = "", offset = "0", length } = Object.fromEntries(entries) as Partial<Record<string, string>>;
  return { location, offset: Number(offset), length: length === undefined ? undefined : Number(length) };
}

/**
 * Names of the files beside an ONNX file that hold its weights; none for a file that holds them itself.
 * @throws {ModelError} for bytes that are not an ONNX model.
 */
export function externalLocations(file: Uint8Array): string[] {
  const found = new Set<string>();
  try {
    changeTensors(file, (_, tensor) => {
      const part = externalPart(tensor);
      if (part !== undefined) found.add(part.location);
      return tensor;
    });
  } catch (cause) {
    throw new ModelError(NOT_A_MODEL, { cause });
  }
  return [...found];
}

/**
 * The file with the weights inside that lie in other files, given by their names.
 * @throws {ModelError} for a part that is not there.
 */
export function embedExternalTensors(file: Uint8Array, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return changeTensors(file, (name, tensor) => {
    const part = externalPart(tensor);
    if (part === undefined) return tensor;
    const { location, offset, length } = part;
    const stored = files.get(location);
    const raw = stored?.subarray(offset, length === undefined ? undefined : offset + length);
    if (raw === undefined || raw.length !== (length ?? raw.length)) {
      throw new ModelError(`ONNX file: '${name}' lies in '${location}', which is missing or too short`);
    }
    return joinBytes([withoutFields(tensor, [TENSOR.external, TENSOR.location, TENSOR.raw]), field(TENSOR.raw, raw)]);
  });
}

/**
 * The file with one more output behind its own: a tensor inside the graph of f32[images, size].
 */
export function addOutput(file: Uint8Array, name: string, batch: string, size: number): Uint8Array {
  const text = (number: number, value: string) => field(number, new TextEncoder().encode(value));
  const integer = (number: number, value: number) =>
    new BinaryWriter().tag(number, WireType.Varint).uint32(value).finish();
  const shape = joinBytes([field(1, text(2, batch)), field(1, integer(1, size))]);
  const tensorType = joinBytes([integer(1, FLOAT), field(2, shape)]);
  const port = joinBytes([text(1, name), field(2, field(1, tensorType))]);
  return changeFields(file, (number, graph) =>
    number === MODEL.graph ? joinBytes([graph, field(GRAPH.output, port)]) : undefined,
  );
}
