/** ONNX files as others write them: changed in ways that this project's own writer does not offer. */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { TensorProto_DataType as DataType, type GraphProto, ModelProtoSchema, type ValueInfoProto } from "onnx-buf";
import { toHalf } from "../../src/compiler/runtime/half.ts";

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
    for (const tensor of graph.initializer) {
      if (tensor.dataType !== DataType.FLOAT) continue;
      const numbers = new Float32Array(Uint8Array.from(tensor.rawData).buffer);
      tensor.dataType = DataType.FLOAT16;
      tensor.rawData = Uint8Array.from(new Uint8Array(toHalf(numbers).buffer));
    }
    for (const port of [...graph.input, ...graph.output]) tensorOf(port).elemType = DataType.FLOAT16;
  });
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
