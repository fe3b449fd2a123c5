/**
 * Shape arithmetic of foreign files. Exporters write "flatten all but the first axis" as six nodes that take a shape
 * apart and put another one together; all of it is computed while the file is read. A size that has only a name, such
 * as "batch", passes through these nodes as that name.
 */

import type { Dim, ElementType, Value } from "../../graph/index.ts";
import { normalizeAxis } from "../../graph/index.ts";

/** A small tensor whose elements are known while a file is read. Truth values are 0 and 1. */
export type Known = {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly elements: readonly Dim[];
};

/** The meaning of a name of the file: a value, or a tensor whose elements are known. */
export type Imported = Value | Known;

export function isKnown(imported: Imported): imported is Known {
  return "elements" in imported;
}

/**
 * Most elements of a known tensor. Larger tensors are constants of the graph: they are weights or tables, not shapes.
 */
export const LARGEST_KNOWN = 4096;

/** i64[n], as `Shape` returns it. */
export function knownShape(elements: readonly Dim[]): Known {
  return { type: "i64", shape: [elements.length], elements };
}

/** Computes a node whose inputs are all known; undefined where it must be a node of the graph. */
export type Fold = (
  inputs: readonly Known[],
  attribute: (name: string, fallback: number) => number,
) => Known | undefined;

const isVector = ({ shape }: Known) => shape.length <= 1;

/** Applies a function of numbers element by element; undefined where it would need the number behind a name. */
function elementwise(calculate: (a: Dim, b: Dim) => Dim | undefined, result?: ElementType): Fold {
  return ([a, b]) => {
    if (a === undefined || b === undefined || a.type !== b.type) return undefined;
    const shape = a.elements.length >= b.elements.length && a.shape.length >= b.shape.length ? a.shape : b.shape;
    const count = shape.reduce((product, size) => product * size, 1);
    const at = ({ elements }: Known, i: number) => elements[elements.length === 1 ? 0 : i];
    const elements: Dim[] = [];
    for (let i = 0; i < count; i++) {
      const [left, right] = [at(a, i), at(b, i)];
      const element = left === undefined || right === undefined ? undefined : calculate(left, right);
      // x / 0 is left to the run.
      if (element === undefined || Number.isNaN(element) || element === Infinity || element === -Infinity)
        return undefined;
      elements.push(toType(element, result ?? a.type));
    }
    return { type: result ?? a.type, shape, elements };
  };
}

/** The element as its type can hold it. */
function toType(element: Dim, type: ElementType): Dim {
  if (typeof element === "string" || type === "f64") return element;
  return type === "f32" ? Math.fround(element) : Math.trunc(element);
}

/** A rule of arithmetic, with its neutral number, which leaves a name as it is. */
function arithmetic(calculate: (a: number, b: number) => number, neutral: number, commutes: boolean): Fold {
  return elementwise((a, b) => {
    if (typeof a === "number" && typeof b === "number") return calculate(a, b);
    if (b === neutral) return a;
    return commutes && a === neutral ? b : undefined;
  });
}

function unary(calculate: (a: number) => number): Fold {
  return ([a]) => {
    if (a === undefined || !a.elements.every((element) => typeof element === "number")) return undefined;
    return { ...a, elements: a.elements.map((element) => toType(calculate(element), a.type)) };
  };
}

/** ONNX op types that are computed while reading. */
export const folds: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ["Add", arithmetic((a, b) => a + b, 0, true)],
  ["Sub", arithmetic((a, b) => a - b, 0, false)],
  ["Mul", arithmetic((a, b) => a * b, 1, true)],
  ["Div", arithmetic((a, b) => a / b, 1, false)],
  ["Floor", unary(Math.floor)],
  ["Ceil", unary(Math.ceil)],
  ["Neg", unary((a) => -a)],
  [
    "Equal",
    elementwise((a, b) => {
      if (typeof a === typeof b) return a === b || typeof a === "number" ? Number(a === b) : undefined;
      // Exporters compare sizes with −1, and a size with a name is not negative.
      return [a, b].some((element) => typeof element === "number" && element < 0) ? 0 : undefined;
    }, "bool"),
  ],
  [
    "Where",
    ([condition, a, b]) => {
      if (condition === undefined || a === undefined || b === undefined) return undefined;
      const counts = [condition, a, b].map(({ elements }) => elements.length);
      if (counts.some((count) => count !== counts[0])) return undefined;
      return {
        ...a,
        elements: condition.elements.flatMap((holds, i) => (holds === 0 ? b : a).elements.slice(i, i + 1)),
      };
    },
  ],
  [
    "Concat",
    (inputs) => {
      const [first] = inputs;
      const count = inputs.reduce((sum, { elements }) => sum + elements.length, 0);
      if (first === undefined || !inputs.every(isVector) || count > LARGEST_KNOWN) return undefined;
      return { type: first.type, shape: [count], elements: inputs.flatMap(({ elements }) => elements) };
    },
  ],
  [
    "Gather",
    ([table, indices], attribute) => {
      if (table === undefined || indices === undefined || table.shape.length !== 1) return undefined;
      if (normalizeAxis("Gather", attribute("axis", 0), 1) !== 0) return undefined;
      const elements = indices.elements.map((index) =>
        typeof index === "number" ? table.elements[index < 0 ? index + table.elements.length : index] : undefined,
      );
      return elements.every((element) => element !== undefined)
        ? { type: table.type, shape: indices.shape, elements }
        : undefined;
    },
  ],
  [
    "ReduceProd",
    ([x], attribute) => {
      if (x === undefined || x.shape.length !== 1) return undefined;
      const names = x.elements.filter((element) => typeof element === "string");
      const product = x.elements.reduce<number>((p, size) => (typeof size === "number" ? p * size : p), 1);
      if (names.length > 1 || (names.length === 1 && product !== 1)) return undefined;
      return { type: x.type, shape: attribute("keepdims", 1) === 1 ? [1] : [], elements: [names[0] ?? product] };
    },
  ],
]);
