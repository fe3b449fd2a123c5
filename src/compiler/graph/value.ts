/**
 * A graph is a directed acyclic graph of immutable nodes: a node applies one op to values and yields values. Nothing is
 * computed here; building `add(a, b)` only records it. Gradients, optimizers and whole training steps are more nodes of
 * the same kind, so that one printer, one verifier and one ONNX writer serve them all.
 */
import { ShapeError } from "../../base/core/index.ts";

/** Element types, named as in printed graphs. */
export type ElementType = "f32" | "f64" | "i32" | "i64" | "u8" | "bool";

/** A size: a number, or the name of a size that is known only at run time, such as "batch". */
export type Dim = number | string;
/** Sizes of a tensor, outermost first. */
export type Shape = readonly Dim[];

/** Element type and shape of a value. */
export type TensorType = { readonly type: ElementType; readonly shape: Shape };

/** Elements of a constant: 64-bit integers as BigInt64Array, booleans as Uint8Array of 0 and 1. */
export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** One setting of a node: a list may hold sizes, such as the shape that `reshape` gives. */
export type Attribute = number | string | boolean | readonly Dim[] | TensorData;
/** Settings of a node, by name. Each op has its own type of them. */
export type Attributes = { readonly [name: string]: Attribute | undefined };

/** The op of a node. `defineOp` makes one; inputs and constants have plain ones. */
export interface NodeOp {
  readonly name: string;
}

/** One application of an op. */
export type Node = {
  readonly op: NodeOp;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
  /** How the node is written as ONNX, for ops that have several lowerings; undefined for the fixed rule. */
  readonly lowering?: string;
};

/** One tensor of a graph: an output of a node. */
export type Value = TensorType & {
  readonly node: Node;
  /** Index among the node's outputs. */
  readonly index: number;
};

/** A value, or a number, which takes the element type of the operand beside it. */
export type Operand = Value | number;

/** `f32[2,3]`, as graphs are printed. */
export function formatType({ type, shape }: TensorType): string {
  return `${type}[${shape.join(",")}]`;
}

/** Makes a node and its outputs. */
export function createNode(
  op: NodeOp,
  inputs: readonly Value[],
  attributes: Attributes,
  outputTypes: readonly TensorType[],
  lowering?: string,
): Node {
  const outputs: Value[] = [];
  const node: Node = { op, inputs, attributes, outputs, ...(lowering === undefined ? {} : { lowering }) };
  for (const [index, { type, shape }] of outputTypes.entries()) outputs.push({ type, shape, node, index });
  return node;
}

/** A node without inputs, and its one output. */
function createSource(op: NodeOp, attributes: Attributes, { type, shape }: TensorType): Value {
  const outputs: Value[] = [];
  const value: Value = { type, shape, node: { op, inputs: [], attributes, outputs }, index: 0 };
  outputs.push(value);
  return value;
}

/** The op of tensors that are given when the graph runs. */
export const inputOp: NodeOp = { name: "input" };
/** The op of tensors that are part of the graph. */
export const constantOp: NodeOp = { name: "constant" };

/** A tensor that is given when the graph runs, under this name. */
export function input(name: string, type: ElementType, shape: Shape): Value {
  return createSource(inputOp, { name }, { type, shape });
}

/** The name of an input value. */
export function inputName(value: Value): string {
  const { op, attributes } = value.node;
  if (op !== inputOp || typeof attributes.name !== "string") {
    throw new ShapeError(`internal: got a '${op.name}', expected an input`);
  }
  return attributes.name;
}

/** A tensor whose elements are part of the graph. */
export function constant(data: TensorData, shape: readonly number[], type: ElementType = elementTypeOf(data)): Value {
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length !== count) {
    throw new ShapeError(`constant: got ${data.length} elements, expected ${count} for shape [${shape}]`);
  }
  return createSource(constantOp, { data }, { type, shape });
}

/** The elements of a constant; undefined for a value that is computed or given. */
export function constantData(value: Value): TensorData | undefined {
  return value.node.op === constantOp ? (value.node.attributes.data as TensorData) : undefined;
}

/** A constant of shape []. */
export function scalar(value: number, type: ElementType = "f32"): Value {
  return constant(typedArray(type, [value]), [], type);
}

/** The same number in every element. */
export function fill(shape: readonly number[], value: number, type: ElementType = "f32"): Value {
  const count = shape.reduce((product, size) => product * size, 1);
  return constant(typedArray(type, new Array<number>(count).fill(value)), shape, type);
}

/** The typed array that holds elements of a type. */
export function typedArray(type: ElementType, values: Iterable<number>): TensorData {
  switch (type) {
    case "f32":
      return Float32Array.from(values);
    case "f64":
      return Float64Array.from(values);
    case "i32":
      return Int32Array.from(values);
    case "i64":
      return BigInt64Array.from(Array.from(values, (value) => BigInt(Math.round(value))));
    case "u8":
    case "bool":
      return Uint8Array.from(values);
  }
}

/** The f32 as the number with the fewest digits that rounds to it: 0.35, not 0.3499999940395355. */
export function shortestFloat(float: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(float.toPrecision(digits));
    if (Object.is(Math.fround(rounded), float)) return rounded;
  }
  return float;
}

/** The type of elements that a typed array holds; u8 for a `Uint8Array`, though it may hold truth values. */
export function elementTypeOf(data: TensorData): ElementType {
  if (data instanceof Float32Array) return "f32";
  if (data instanceof Float64Array) return "f64";
  if (data instanceof Int32Array) return "i32";
  if (data instanceof BigInt64Array) return "i64";
  return "u8";
}
