/**
 * An op is one declaration: its shape rule, how it is written as ONNX, its gradient (in other ops), its cost, and
 * samples of the domain it is tested on. They stand together so that a reader can check one against the other, and so
 * that the test suite, which walks the registry, tests a new op the day it is added.
 */

import { ShapeError } from "../../base/core/index.ts";
import { requireTensor } from "./shape.ts";
import {
  type Attributes,
  createNode,
  type ElementType,
  input,
  type Node,
  type NodeOp,
  type Operand,
  scalar,
  type TensorData,
  type TensorType,
  type Value,
} from "./value.ts";

/** The inputs or outputs of an op as a tuple type, such as `[x: Value, w: Value, bias?: Value]`. */
export type Values = readonly (Value | undefined)[];

/** One input, or one output. */
export type One = readonly [Value];

/** A tuple as long as another, of `T`. */
export type Each<Tuple extends Values, T> = { readonly [I in keyof Tuple]: T };

/** The attributes of an op without settings. */
export type NoAttributes = Readonly<Record<never, never>>;

/** Collects the ONNX nodes that an op writes. Tensors are referred to by name. */
export interface OnnxEmitter {
  /**
   * Adds a node with one output and returns the output's name. An empty name stands for an optional input that is left
   * out. `domain` is that of ops beyond ONNX's own.
   */
  node(opType: string, inputs: readonly string[], attributes?: Attributes, domain?: string): string;
  /** Adds a node with several outputs and returns their names; `outputs` says which they are. */
  nodes<const Outputs extends readonly string[]>(
    outputs: Outputs,
    opType: string,
    inputs: readonly string[],
    attributes?: Attributes,
  ): { readonly [I in keyof Outputs]: string };
  /** Adds a constant tensor; equal ones are stored once. */
  constant(data: TensorData, shape: readonly number[], type?: ElementType): string;
  /** A constant i64[n], as ONNX takes axes and shapes. */
  integers(values: readonly number[]): string;
}

/** A node as rules see it: the types of its inputs and outputs, and its attributes. */
export type NodeTypes<I extends Values, A extends Attributes, O extends Values> = {
  readonly inputs: Each<I, TensorType>;
  readonly outputs: Each<O, TensorType>;
  readonly attributes: A;
};

/** A node that is differentiated, with the gradients of its outputs. */
export type GradientContext<I extends Values, A extends Attributes, O extends Values> = {
  readonly inputs: I;
  readonly outputs: O;
  /** The first output. */
  readonly y: Value;
  /** Gradient of the only output; ops with several outputs read `outputGradients` instead. */
  readonly dy: Value;
  /** Gradient of each output; undefined where the loss does not depend on it. */
  readonly outputGradients: Each<O, Value | undefined>;
  readonly attributes: A;
};

/** Gradients of the inputs; undefined for an input without one, such as indices. */
export type Vjp<I extends Values, A extends Attributes, O extends Values> = (context: GradientContext<I, A, O>) => {
  readonly [K in keyof I]-?: Value | undefined;
};

/** Writes a node as ONNX nodes and returns the names of its outputs. */
export type Emit<I extends Values, A extends Attributes, O extends Values> = (
  onnx: OnnxEmitter,
  inputs: Each<I, string>,
  node: NodeTypes<I, A, O>,
) => Each<O, string>;

/** One of several ways of writing a node. */
export type Lowering<I extends Values, A extends Attributes, O extends Values> = {
  /** Whether it can write this node; always, if it is left out. */
  readonly when?: (node: NodeTypes<I, A, O>) => boolean;
  readonly emit: Emit<I, A, O>;
  /** Whether it takes ONNX Runtime's convolutions of channels in blocks, which not every processor has. */
  readonly needsBlocks?: true;
};

/** How to draw one input of a sample. */
export type SampleInput = {
  readonly shape: readonly number[];
  readonly type?: ElementType;
  /** Uniform range of the elements. */
  readonly low?: number;
  readonly high?: number;
  /** Elements given as numbers, such as labels. */
  readonly values?: readonly number[];
};

/** A point of an op's domain at which its gradient is checked. */
export type Sample<A extends Attributes = Attributes> = {
  readonly inputs: readonly SampleInput[];
  readonly attributes?: A;
  /** "f32" where ONNX Runtime has no f64 kernel; "f64" otherwise. */
  readonly precision?: "f32" | "f64";
  /** Step of the central differences; larger ones are fine for linear ops. */
  readonly step?: number;
};

type Rules<I extends Values, A extends Attributes, O extends Values> = {
  readonly name: string;
  /** Types of the outputs. @throws {ShapeError} for inputs that do not fit. */
  readonly infer: (inputs: Each<I, TensorType>, attributes: A) => Each<O, TensorType>;
  /**
   * The gradient rule. Or the reason why the op has no gradient (`none`: differentiating through it is an error), or
   * why its gradient is zero (`zero`: nothing passes back).
   */
  readonly vjp: Vjp<I, A, O> | { readonly none: string } | { readonly zero: string };
  /** Multiply-accumulates of products; 0 if it is left out. */
  readonly macs?: (node: NodeTypes<I, A, O>) => number;
  readonly samples: () => readonly Sample<A>[];
};

/** An op is written in one way, or has several lowerings; the first that can write a node is the fixed rule. */
type Writing<I extends Values, A extends Attributes, O extends Values> =
  | { readonly emit: Emit<I, A, O> }
  | {
      readonly lowerings: { readonly [name: string]: Lowering<I, A, O> };
      /** Text of the attributes that decide which lowering is fastest: a part of the key of a remembered choice. */
      readonly loweringKey: (attributes: A) => string;
    };

/** A registered op: its declaration. `node.op` of the nodes that apply it. */
export type Op<
  I extends Values = readonly Value[],
  A extends Attributes = Attributes,
  O extends Values = readonly Value[],
> = NodeOp & Rules<I, A, O> & Writing<I, A, O>;

/** A node of a known op. */
export type NodeOf<I extends Values, A extends Attributes, O extends Values> = {
  readonly inputs: I;
  readonly attributes: A;
  readonly outputs: O;
};

const registry = new Map<string, Op>();

/** Every op, in the order of definition. */
export function allOps(): readonly Op[] {
  return [...registry.values()];
}

/** The op of a node; undefined for inputs and constants. */
export function opOf(op: NodeOp): Op | undefined {
  return registry.get(op.name);
}

/** Registers an op: with one input and no attributes, or with inputs `I`, attributes `A` and outputs `O`. */
export function defineOp(definition: Op<One, NoAttributes, One>): Op<One, NoAttributes, One>;
export function defineOp<I extends Values, A extends Attributes = NoAttributes, O extends Values = One>(
  definition: Op<I, A, O>,
): Op<I, A, O>;
export function defineOp<Definition extends NodeOp>(definition: Definition): Definition {
  if (registry.has(definition.name)) throw new ShapeError(`internal: op '${definition.name}' is defined twice`);
  // Nodes are made by `applyAll` only, so what the rules of an op get has the types of that op.
  registry.set(definition.name, definition as unknown as Op);
  return definition;
}

/**
 * Applies an op: checks the inputs by its shape rule and records a node. Returns its outputs. Numbers take the element
 * type of the first value.
 */
export function applyAll<I extends Values, O extends Values>(
  op: Op<I, NoAttributes, O>,
  operands: Each<I, Operand>,
): Each<O, Value>;
export function applyAll<I extends Values, A extends Attributes, O extends Values>(
  op: Op<I, A, O>,
  operands: Each<I, Operand>,
  attributes: A,
): Each<O, Value>;
export function applyAll(op: Op, operands: readonly Operand[], attributes: Attributes = {}): readonly Value[] {
  const like = operands.find((operand) => typeof operand !== "number");
  for (const operand of operands) if (typeof operand !== "number") requireTensor(op.name, operand);
  const inputs = operands.map((operand) => (typeof operand === "number" ? scalar(operand, like?.type) : operand));
  return createNode(op, inputs, attributes, op.infer(inputs, attributes)).outputs;
}

/** The same for an op with one output. */
export function apply<I extends Values>(op: Op<I, NoAttributes, One>, operands: Each<I, Operand>): Value;
export function apply<I extends Values, A extends Attributes>(
  op: Op<I, A, One>,
  operands: Each<I, Operand>,
  attributes: A,
): Value;
export function apply(
  op: Op<readonly Value[], Attributes, One>,
  operands: readonly Operand[],
  attributes: Attributes = {},
): Value {
  const [y] = applyAll(op, operands, attributes);
  return y;
}

/** A node, or the same node on other inputs, with the types of this op; undefined for a node of another op. */
export function matchNode<I extends Values, A extends Attributes, O extends Values>(
  op: Op<I, A, O>,
  node: Node,
  inputs: readonly Value[] = node.inputs,
): NodeOf<I, A, O> | undefined {
  return node.op === op ? ({ ...node, inputs } as unknown as NodeOf<I, A, O>) : undefined;
}

/** A lowering that can write a certain node. */
export type NodeLowering = { readonly name: string; readonly needsBlocks: boolean };

/** The lowerings that can write a node, the fixed rule first; none for a node of an op that is written in one way. */
export function loweringsOf(node: Node): readonly NodeLowering[] {
  const op = opOf(node.op);
  if (op === undefined || !("lowerings" in op)) return [];
  return Object.entries(op.lowerings)
    .filter(([, { when }]) => when?.(node) ?? true)
    .map(([name, { needsBlocks = false }]) => ({ name, needsBlocks }));
}

/** The samples of an op, each with each lowering that can write it; undefined for an op that is written in one way. */
export function samplesByLowering(
  op: Op,
): readonly { readonly sample: Sample; readonly lowering: NodeLowering | undefined }[] {
  return op.samples().flatMap((sample) => {
    const inputs = sample.inputs.map(({ type = "f32", shape }, i) => input(`x${i}`, type, shape));
    const { attributes = {} } = sample;
    const lowerings = loweringsOf(createNode(op, inputs, attributes, op.infer(inputs, attributes)));
    return [...lowerings, ...(lowerings.length === 0 ? [undefined] : [])].map((lowering) => ({ sample, lowering }));
  });
}

/** Text of an op, its shapes and settings: a remembered choice of a lowering is stored under it. */
export function loweringKey({ op, inputs, attributes }: Node): string {
  const known = opOf(op);
  if (known === undefined || !("lowerings" in known)) throw new ShapeError(`internal: '${op.name}' has no lowerings`);
  const shapes = inputs.map(({ shape }) => shape.join("x")).join(" ");
  return `${op.name} ${shapes} ${known.loweringKey(attributes)}`;
}

/** Writes a node by the lowering that it names, or else by the fixed rule. */
export function emitNode(onnx: OnnxEmitter, inputs: readonly string[], node: Node): readonly string[] {
  const op = opOf(node.op);
  if (op === undefined) throw new ShapeError(`internal: op '${node.op.name}' is not registered`);
  if ("emit" in op) return op.emit(onnx, inputs, node);
  const name = node.lowering ?? loweringsOf(node)[0]?.name;
  const lowering = name === undefined ? undefined : op.lowerings[name];
  if (lowering === undefined) throw new ShapeError(`internal: op '${op.name}' has no lowering '${name}'`);
  return lowering.emit(onnx, inputs, node);
}

/** Multiply-accumulates of a node's products. */
export function macsOf(node: Node): number {
  return opOf(node.op)?.macs?.(node) ?? 0;
}

/** Throws unless all types are equal. */
export function requireSameType(what: string, types: readonly TensorType[]): void {
  const [first, ...rest] = types;
  const other = rest.find(({ type }) => type !== first?.type);
  if (other !== undefined)
    throw new ShapeError(`${what}: got ${first?.type} and ${other.type}, expected one type: cast`);
}
