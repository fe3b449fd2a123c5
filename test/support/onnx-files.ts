/** ONNX files as others write them: changed in ways that this project's own writer does not offer. */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  TensorProto_DataType as DataType,
  type GraphProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  type ValueInfoProto,
} from "onnx-buf";
import { toHalf } from "../../src/base/core/half.ts";

/** A file with its graph changed. */
export function changeOnnx(bytes: Uint8Array, change: (graph: GraphProto) => void): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  change(model.graph!);
  return toBinary(ModelProtoSchema, model);
}

/** Declares sizes of inputs and outputs by name: a number, or a name for one that is left open. */
export function declareShapes(
  bytes: Uint8Array,
  shapes: { readonly [name: string]: readonly (number | string)[] },
): Uint8Array {
  return changeOnnx(bytes, (graph) => {
    for (const port of [...graph.input, ...graph.output]) {
      const shape = shapes[port.name];
      if (shape === undefined) continue;
      tensorOf(port).shape!.dim = shape.map((size) => ({
        $typeName: "onnx.TensorShapeProto.Dimension",
        denotation: "",
        value: typeof size === "number" ? { case: "dimValue", value: BigInt(size) } : { case: "dimParam", value: size },
      }));
    }
  });
}

/** Stores all f32 weights in half precision, and declares inputs and outputs of f16: a file exported for f16. */
export function toHalfPrecision(bytes: Uint8Array): Uint8Array {
  return changeOnnx(bytes, (graph) => {
    const ofNodes = graph.node.flatMap(({ attribute }) => attribute.flatMap(({ t }) => t ?? []));
    for (const tensor of [...graph.initializer, ...ofNodes]) {
      if (tensor.dataType !== DataType.FLOAT) continue;
      const numbers = numbersOf(tensor);
      tensor.floatData = [];
      tensor.dataType = DataType.FLOAT16;
      tensor.rawData = Uint8Array.from(new Uint8Array(toHalf(numbers).buffer));
    }
    for (const port of [...graph.input, ...graph.output]) tensorOf(port).elemType = DataType.FLOAT16;
  });
}

function numbersOf({ rawData, floatData }: TensorProto): Float32Array {
  return rawData.length > 0 ? new Float32Array(Uint8Array.from(rawData).buffer) : Float32Array.from(floatData);
}

/** Moves all f32 weights to a file of this name: the file without them, and the other file's bytes. */
export function externalize(bytes: Uint8Array, location: string): { bytes: Uint8Array; weights: Uint8Array } {
  const parts: Uint8Array[] = [];
  const without = changeOnnx(bytes, (graph) => {
    for (const tensor of graph.initializer) {
      if (tensor.dataType !== DataType.FLOAT) continue;
      const raw = new Uint8Array(numbersOf(tensor).buffer);
      const offset = parts.reduce((sum, { length }) => sum + length, 0);
      parts.push(raw);
      tensor.floatData = [];
      tensor.rawData = new Uint8Array();
      tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
      tensor.externalData = Object.entries({ location, offset, length: raw.length }).map(([key, value]) => ({
        $typeName: "onnx.StringStringEntryProto",
        key,
        value: String(value),
      }));
    }
  });
  return { bytes: without, weights: Buffer.concat(parts) };
}

/** Outputs in another order. */
export function reorderOutputs(bytes: Uint8Array, order: (names: readonly string[]) => readonly string[]): Uint8Array {
  return changeOnnx(bytes, (graph) => {
    const names = order(graph.output.map(({ name }) => name));
    graph.output = names.map((name) => graph.output.find((port) => port.name === name)!);
  });
}

function tensorOf(port: ValueInfoProto) {
  if (port.type?.value.case !== "tensorType") throw new Error("expected a tensor");
  return port.type.value.value;
}
