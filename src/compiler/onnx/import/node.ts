import { ModelError } from "../../../base/core/index.ts";
import {
  constant,
  type Dim,
  elementCount,
  reshape,
  type Shape,
  type Spatial,
  type TensorData,
  typedArray,
  type Value,
} from "../../graph/index.ts";
import type { OnnxNode } from "../format.ts";
import { type Imported, isKnown, type Known } from "./known.ts";

/** Returns what a node of the file computes: one entry for each of its outputs that is supported. */
export type Importer = (node: ImportNode) => Imported | readonly Imported[];

/** What all nodes of a file share. */
export type ImportContext = {
  readonly opset: number;
  readonly dataOf: (value: Value) => TensorData | undefined;
  readonly openedBatch: string | undefined;
};

/** A node of the file as importers see it: its inputs as values or as numbers, its attributes checked. */
export class ImportNode {
  readonly opType: string;
  readonly opset: number;
  readonly inputCount: number;
  readonly outputCount: number;
  readonly #node: OnnxNode;
  readonly #inputs: readonly (Imported | undefined)[];
  readonly #dataOf: (value: Value) => TensorData | undefined;
  /** The name of the images' axis, where a file for one image is opened to any number (open-batch.ts). */
  readonly openedBatch: string | undefined;

  /** `dataOf` returns the elements of parameters, for inputs that must be numbers. */
  constructor(
    node: OnnxNode,
    { opset, dataOf, openedBatch }: ImportContext,
    inputs: readonly (Imported | undefined)[],
  ) {
    this.opType = node.opType;
    this.opset = opset;
    this.inputCount = inputs.length;
    this.outputCount = node.outputs.length;
    this.#node = node;
    this.#inputs = inputs;
    this.#dataOf = dataOf;
    this.openedBatch = openedBatch;
  }

  fail(problem: string): never {
    throw new ModelError(problem);
  }

  /** Inputs that are not left out. */
  get inputs(): Imported[] {
    return this.#inputs.filter((imported) => imported !== undefined);
  }

  /** An input, as a value or as known elements. */
  imported(index: number): Imported {
    return this.#inputs[index] ?? this.fail(`got no input ${index}, expected one`);
  }

  /** An input as a value; undefined where it is left out. */
  optional(index: number): Value | undefined {
    const imported = this.#inputs[index];
    return imported === undefined || !isKnown(imported) ? imported : this.#toConstant(imported);
  }

  /** An input as a value. */
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
    return Array.from<number | bigint, number>(data, Number);
  }

  /** The same where each must be a number. */
  numbers(index: number): readonly number[] | undefined {
    return this.dims(index)?.map((element) => this.#number(element));
  }

  /** A whole-number attribute. */
  integer(name: string, fallback?: number): number {
    const value = this.#node.attributes[name] ?? fallback;
    if (typeof value === "number" && Number.isInteger(value)) return value;
    return this.fail(`got ${describe(value)} as '${name}', expected a whole number`);
  }

  /** An attribute that is a number. */
  float(name: string, fallback: number): number {
    const value = this.#node.attributes[name] ?? fallback;
    return typeof value === "number" ? value : this.fail(`got ${describe(value)} as '${name}', expected a number`);
  }

  /** An attribute that is a word. */
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

  /** An attribute, unchecked. */
  attribute(name: string): OnnxNode["attributes"][string] {
    return this.#node.attributes[name];
  }

  /** An attribute of two numbers, vertical and horizontal. */
  pair(name: string, fallback?: Spatial): Spatial {
    const [vertical, horizontal, ...others] = this.integers(name) ?? fallback ?? [];
    if (vertical === undefined || horizontal === undefined || others.length > 0 || vertical < 1 || horizontal < 1) {
      return this.fail(`got '${name}' of ${this.integers(name)}, expected two positive numbers: images have two axes`);
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
  const sizes = shape.map((size) => elementCount([size]));
  if (elementCount(sizes) !== imported.elements.length) {
    throw new ModelError(`got ${imported.elements.length} elements, expected as many as in [${shape}]`);
  }
  return { ...imported, shape: sizes };
}

function describe(value: OnnxNode["attributes"][string]): string {
  if (value === undefined) return "nothing";
  return typeof value === "object" ? "a list or tensor" : `'${value}'`;
}
