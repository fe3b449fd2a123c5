/**
 * An op is one declaration: the rule for its shape, how it is written as ONNX, its gradient (in other ops), and samples
 * of the domain it is tested on. They sit together so that one can be checked against the other by eye, and so that the
 * test suite, which walks the registry, knows a new op the day it is added.
 */
import { ShapeError } from "../../base/core/index.ts";
import {
  type Attribute,
  type Attributes,
  createNode,
  type ElementType,
  type NodeOp,
  type Operand,
  scalar,
  type TensorData,
  type TensorType,
  type Value,
} from "./value.ts";

/** Where an op writes its ONNX nodes. Tensors are referred to by name. */
export interface OnnxEmitter {
  /**
   * Adds a node and gives the names of its outputs. An empty name leaves an optional input out. `domain` is that of ops
   * beyond ONNX's own.
   */
  node(
    opType: string,
    inputs: readonly string[],
    attributes?: Attributes,
    outputCount?: number,
    domain?: string,
  ): string[];
  /** Adds a constant tensor; the same contents are stored once. */
  constant(data: TensorData, shape: readonly number[], type?: ElementType): string;
  /** A constant i64[n], as axes and shapes are given. */
  integers(values: readonly number[]): string;
}

/** A differentiated node: what came in, what came out, and the gradients of what came out. */
export type GradientContext = {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** The only output, for ops that have one. */
  readonly y: Value;
  /** Gradient of the only output. */
  readonly dy: Value;
  /** Gradient of each output; undefined where the loss does not depend on it. */
  readonly outputGradients: readonly (Value | undefined)[];
  readonly attributes: Attributes;
};

/** How to draw one input of a sample. */
export type SampleInput = {
  readonly shape: readonly number[];
  readonly type?: ElementType;
  /** Uniform range of the elements. */
  readonly low?: number;
  readonly high?: number;
  /** Elements given outright, such as labels. */
  readonly values?: readonly number[];
};

/** A point of an op's domain that its gradient is checked at. */
export type Sample = {
  readonly inputs: readonly SampleInput[];
  readonly attributes?: Attributes;
  /** "f32" where ONNX Runtime has no f64 kernel; "f64" otherwise. */
  readonly precision?: "f32" | "f64";
  /** Step of the central differences; larger ones are fine for linear ops. */
  readonly step?: number;
};

export type OpDefinition = {
  readonly name: string;
  /** Types of the outputs; throws ShapeError for inputs that do not fit. */
  readonly infer: (inputs: readonly TensorType[], attributes: Attributes) => readonly TensorType[];
  /** Writes the op as ONNX nodes and gives the names of the outputs. */
  readonly emit: (onnx: OnnxEmitter, inputs: readonly string[], node: EmittedNode) => readonly string[];
  /**
   * Gradients of the inputs, undefined where an input has none. Or the reason why the op has no gradient (`none`:
   * differentiating through it is an error), or why its gradient is zero (`zero`: nothing passes back).
   */
  readonly vjp:
    | ((context: GradientContext) => readonly (Value | undefined)[])
    | { readonly none: string }
    | { readonly zero: string };
  readonly samples: () => readonly Sample[];
};

/** What `emit` may look at beside the names of the inputs. */
export type EmittedNode = {
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
  readonly attributes: Attributes;
};

/** A registered op: its declaration, and how to apply it. */
export type Op = NodeOp & OpDefinition;

const registry = new Map<string, Op>();

/** Every op, in the order of definition. */
export function allOps(): readonly Op[] {
  return [...registry.values()];
}

/** The op of a node; undefined for inputs and constants. */
export function opOf(op: NodeOp): Op | undefined {
  return registry.get(op.name);
}

/** Registers an op. */
export function defineOp(definition: OpDefinition): Op {
  if (registry.has(definition.name)) throw new ShapeError(`internal: op '${definition.name}' is defined twice`);
  registry.set(definition.name, definition);
  return definition;
}

/** Applies an op: checks the inputs by its shape rule and records a node. Numbers take the type of the first value. */
export function applyAll(op: Op, operands: readonly Operand[], attributes: Attributes = {}): readonly Value[] {
  const like = operands.find((operand) => typeof operand !== "number");
  const inputs = operands.map((operand) => (typeof operand === "number" ? scalar(operand, like?.type) : operand));
  return createNode(op, inputs, attributes, op.infer(inputs, attributes)).outputs;
}

/** Applies an op that has one output. */
export function apply(op: Op, operands: readonly Operand[], attributes: Attributes = {}): Value {
  return applyAll(op, operands, attributes)[0]!;
}

/** An attribute that must be there. */
export function attribute<T extends Attribute>(attributes: Attributes, name: string): T {
  const value = attributes[name];
  if (value === undefined) throw new ShapeError(`internal: attribute '${name}' is missing`);
  return value as T;
}

/** Throws unless the value has this rank. */
export function requireRank(what: string, { shape }: TensorType, rank: number): void {
  if (shape.length !== rank) throw new ShapeError(`${what}: got shape [${shape}], expected ${rank} axes`);
}

/** Throws unless all types are equal. */
export function requireSameType(what: string, types: readonly TensorType[]): void {
  const [first, ...rest] = types;
  const other = rest.find(({ type }) => type !== first?.type);
  if (other !== undefined)
    throw new ShapeError(`${what}: got ${first?.type} and ${other.type}, expected one type: cast`);
}
