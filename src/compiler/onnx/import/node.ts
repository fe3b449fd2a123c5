import { ModelError } from "../../../base/core/index.ts";
import { constant, type Dim, reshape, type Shape, type TensorData, typedArray, type Value } from "../../graph/index.ts";
import type { OnnxNode, OnnxTensor } from "../format.ts";
import { type Imported, isKnown, type Known } from "./known.ts";

/** Gives what a node of the file computes: one entry for each of its outputs that is supported. */
export type Importer = (node: ImportNode) => Imported | readonly Imported[];

/** A node of the file as importers look at it: its inputs as values or as numbers, its attributes checked. */
export class ImportNode {
  readonly opType: string;
  readonly opset: number;
  readonly inputCount: number;
  readonly outputCount: number;
  readonly #node: OnnxNode;
  readonly #inputs: readonly (Imported | undefined)[];
  readonly #dataOf: (value: Value) => TensorData | undefined;

  /** `dataOf` gives the elements of parameters, which ops may ask for where they want a number. */
  constructor(
    node: OnnxNode,
    opset: number,
    inputs: readonly (Imported | undefined)[],
    dataOf: (value: Value) => TensorData | undefined,
  ) {
    this.opType = node.opType;
    this.opset = opset;
    this.inputCount = inputs.length;
    this.outputCount = node.outputs.length;
    this.#node = node;
    this.#inputs = inputs;
    this.#dataOf = dataOf;
  }

  fail(problem: string): never {
    throw new ModelError(problem);
  }

  /** Inputs that are there, known elements and all. */
  get inputs(): Imported[] {
    return this.#inputs.filter((imported) => imported !== undefined);
  }

  imported(index: number): Imported {
    return this.#inputs[index] ?? this.fail(`got no input ${index}, expected one`);
  }

  optional(index: number): Value | undefined {
    const imported = this.#inputs[index];
    return imported === undefined || !isKnown(imported) ? imported : this.#toConstant(imported);
  }

  value(index: number): Value {
    return this.optional(index) ?? this.fail(`got no input ${index}, expected one`);
  }

  /** All inputs as values. */
  values(): Value[] {
    return this.#inputs.map((_, index) => this.value(index));
  }

  #toConstant({ type, shape, elements }: Known): Value {
    const numbers = elements.map((element) => this.#number(element));
    if (type === "i64" && !numbers.every(Number.isSafeInteger)) this.fail("got whole numbers beyond ±2⁵³");
    return constant(typedArray(type, numbers), shape, type);
  }

  #number(element: Dim): number {
    if (typeof element === "number") return element;
    return this.fail(`needs the size '${element}' as a number: give it one when reading, as 'batch' or in 'sizes'`);
  }

  /** Elements of an input that must be known while reading, such as axes; undefined where the input is left out. */
  dims(index: number): readonly Dim[] | undefined {
    const imported = this.#inputs[index];
    if (imported === undefined) return undefined;
    if (isKnown(imported)) return imported.elements;
    const data = this.#dataOf(imported) ?? this.fail(`computes its input ${index}, expected numbers in the file`);
    return Array.from<number | bigint, number>(data as ArrayLike<number | bigint>, Number);
  }

  /** The same where sizes without a number will not do. */
  numbers(index: number): readonly number[] | undefined {
    return this.dims(index)?.map((element) => this.#number(element));
  }

  /** A whole-number attribute. */
  integer(name: string, fallback?: number): number {
    const value = this.#node.attributes[name] ?? fallback;
    if (typeof value === "number" && Number.isInteger(value)) return value;
    return this.fail(`got ${describe(value)} as '${name}', expected a whole number`);
  }

  float(name: string, fallback: number): number {
    const value = this.#node.attributes[name] ?? fallback;
    return typeof value === "number" ? value : this.fail(`got ${describe(value)} as '${name}', expected a number`);
  }

  string(name: string, fallback: string): string {
    const value = this.#node.attributes[name] ?? fallback;
    return typeof value === "string" ? value : this.fail(`got ${describe(value)} as '${name}', expected a word`);
  }

  /** A list of whole numbers; undefined where it is left out. */
  integers(name: string): readonly number[] | undefined {
    const value = this.#node.attributes[name];
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every(Number.isInteger)) return value;
    return this.fail(`got ${describe(value)} as '${name}', expected whole numbers`);
  }

  /** Whatever an attribute holds. */
  attribute(name: string): OnnxNode["attributes"][string] {
    return this.#node.attributes[name];
  }

  /** An attribute of two numbers, vertical and horizontal. */
  pair(name: string, fallback?: readonly [number, number]): [number, number] {
    const [vertical, horizontal, ...others] = this.integers(name) ?? fallback ?? [];
    if (vertical === undefined || horizontal === undefined || others.length > 0 || vertical < 1 || horizontal < 1) {
      return this.fail(
        `got '${name}' of ${this.integers(name)}, expected two positive numbers: pictures have two axes`,
      );
    }
    return [vertical, horizontal];
  }

  /** Whole numbers that older opsets give as an attribute and newer ones as an input. */
  integersOrInput(name: string, index: number): readonly number[] | undefined {
    const given = this.integers(name) ?? this.numbers(index);
    if (given?.every(Number.isInteger) === false) this.fail(`got ${given} as '${name}', expected whole numbers`);
    return given;
  }
}

/** The same elements in another shape, known or not. */
export function reshapeImported(imported: Imported, shape: Shape): Imported {
  if (!isKnown(imported)) return reshape(imported, shape);
  const count = shape.reduce<number>((product, size) => product * Number(size), 1);
  if (count !== imported.elements.length) {
    throw new ModelError(`got ${imported.elements.length} elements, expected as many as in [${shape}]`);
  }
  return { ...imported, shape: shape as readonly number[] };
}

function describe(value: OnnxNode["attributes"][string] | OnnxTensor): string {
  if (value === undefined) return "nothing";
  return typeof value === "object" ? "a list or tensor" : `'${value}'`;
}
