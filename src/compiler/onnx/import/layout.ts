/** Constants, shapes, and ops that move elements, from ONNX. */

import {
  broadcastShapes,
  broadcastTo,
  cast,
  concat,
  constant,
  type Dim,
  type ElementType,
  fixedSize,
  logSoftmax,
  normalizeAxis,
  pad,
  reshape,
  type Shape,
  slice,
  softmax,
  transpose,
  type Value,
} from "../../graph/index.ts";
import { graphType, type OnnxTensor, SUPPORTED_TYPES, typeName } from "../format.ts";
import { withBatch } from "../open-batch.ts";
import { type Imported, isKnown, type Known, knownShape, LARGEST_KNOWN } from "./known.ts";
import { type Importer, type ImportNode, reshapeImported } from "./node.ts";
import { gatherAlong, padByPixels, rearrangeImporters, sliceBackwards } from "./rearrange.ts";

/** A tensor of the file that is not a parameter: known if it is small, a constant otherwise. */
export function importTensor({ type, shape, data }: Omit<OnnxTensor, "name">): Imported {
  if (data.length > LARGEST_KNOWN) return constant(data, shape, type);
  return { type, shape, elements: Array.from<number | bigint, number>(data, Number) };
}

const constantImporter: Importer = (node) => {
  const number = node.attribute("value_int") ?? node.attribute("value_float");
  const list = node.attribute("value_ints") ?? node.attribute("value_floats");
  const type: ElementType = (node.attribute("value_int") ?? node.attribute("value_ints")) ? "i64" : "f32";
  if (typeof number === "number") return { type, shape: [], elements: [number] };
  if (Array.isArray(list)) return { type, shape: [list.length], elements: list };
  return importTensor(tensorAttribute(node, "value") ?? node.fail("expected a tensor or numbers as its value"));
};

function tensorAttribute(node: ImportNode, name: string): OnnxTensor | undefined {
  const value = node.attribute(name);
  if (typeof value !== "object") return undefined;
  if ("foreignType" in value) node.fail(`has type ${value.foreignType}, expected ${SUPPORTED_TYPES}`);
  return "data" in value ? value : undefined;
}

const constantOfShape: Importer = (node) => {
  const shape = node.numbers(0) ?? [];
  const count = shape.reduce((product, size) => product * size, 1);
  if (!(count >= 0 && count <= LARGEST_KNOWN))
    node.fail(`got shape [${shape}], expected at most ${LARGEST_KNOWN} elements`);
  const tensor = tensorAttribute(node, "value");
  return { type: tensor?.type ?? "f32", shape, elements: new Array<number>(count).fill(Number(tensor?.data[0] ?? 0)) };
};

const shapeImporter: Importer = (node) => {
  const { shape } = node.imported(0);
  const end = node.attribute("end") === undefined ? shape.length : node.integer("end");
  return knownShape(shape.slice(node.integer("start", 0), end));
};

/** The size that a −1 stands for: the product of `shape` divided by the other sizes of the target. */
function remainingSize(node: ImportNode, shape: Shape, others: Shape): Dim {
  const names = shape.filter((size) => typeof size === "string");
  for (const size of others) if (names.includes(size as string)) names.splice(names.indexOf(size as string), 1);
  const count = (sizes: Shape) => sizes.reduce<number>((p, size) => (typeof size === "number" ? p * size : p), 1);
  const left = count(shape) / count(others);
  const [name, ...more] = names;
  if (name === undefined) return left;
  if (more.length === 0 && left === 1) return name;
  return node.fail(
    `makes one size of [${shape}] beside [${others}]: give '${name}' a number when reading, as 'batch' or in 'sizes'`,
  );
}

function reshapeTo(node: ImportNode, x: Imported, given: Shape): Imported {
  const target = node.openedBatch === undefined ? given : withBatch(x.shape, given, node.openedBatch);
  const open = target.indexOf(-1);
  const others = target.filter((size) => size !== -1);
  if (others.length < target.length - 1) node.fail(`got shape [${target}], expected −1 once at most`);
  const shape = open < 0 ? target : target.with(open, remainingSize(node, x.shape, others));
  if (shape.some((size) => typeof size === "number" && !(Number.isInteger(size) && size >= 0))) {
    node.fail(`got [${x.shape}], expected it to fit the shape [${target}]`);
  }
  return reshapeImported(x, shape);
}

const reshapeImporter: Importer = (node) => {
  const x = node.imported(0);
  const keepsZero = node.integer("allowzero", 0) !== 0;
  const given = node.integers("shape") ?? node.dims(1) ?? node.fail("got no shape, expected one");
  const target = given.map((size, axis) => (size === 0 && !keepsZero ? (x.shape[axis] ?? 0) : size));
  return reshapeTo(node, x, target);
};

const flatten: Importer = (node) => {
  const x = node.imported(0);
  const rank = x.shape.length;
  const given = node.integer("axis", 1);
  const axis = given === rank ? rank : normalizeAxis("Flatten", given, rank);
  return reshapeTo(node, x, matrixShape(node, x.shape, axis));
};

/** [product of the sizes before the axis, product of the rest]. */
function matrixShape(node: ImportNode, shape: Shape, axis: number): Shape {
  return [remainingSize(node, shape.slice(0, axis), []), remainingSize(node, shape.slice(axis), [])];
}

const squeeze: Importer = (node) => {
  const x = node.imported(0);
  const axes = node
    .integersOrInput("axes", 1)
    ?.map((axis) => normalizeAxis("Squeeze", axis, x.shape.length))
    .filter((axis) => node.openedBatch === undefined || x.shape[axis] !== node.openedBatch);
  const wrong = axes?.find((axis) => x.shape[axis] !== 1);
  if (wrong !== undefined) node.fail(`got [${x.shape}], expected size 1 on axis ${wrong}`);
  return reshapeImported(
    x,
    x.shape.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis))),
  );
};

const unsqueeze: Importer = (node) => {
  const x = node.imported(0);
  const given = node.integersOrInput("axes", 1) ?? node.fail("got no axes, expected some");
  const rank = x.shape.length + given.length;
  const axes = given.map((axis) => normalizeAxis("Unsqueeze", axis, rank));
  if (new Set(axes).size < axes.length) node.fail(`got axes [${given}], expected each once`);
  const shape = axes.sort((a, b) => a - b).reduce<Shape>((sizes, axis) => sizes.toSpliced(axis, 0, 1), x.shape);
  return reshapeImported(x, shape);
};

const transposeImporter: Importer = (node) => transpose(node.value(0), ...optionalArgument(node.integers("perm")));

function optionalArgument<T>(argument: T | undefined): [] | [T] {
  return argument === undefined ? [] : [argument];
}

/**
 * Part of one axis, of a value or of known elements. Ends beyond the axis mean its end, and negative ones count from
 * it.
 */
const sliceImporter: Importer = (node) => {
  const starts = node.integersOrInput("starts", 1) ?? node.fail("got no starts, expected some");
  const ends = node.integersOrInput("ends", 2) ?? node.fail("got no ends, expected some");
  const axes = node.integersOrInput("axes", 3) ?? starts.map((_, axis) => axis);
  const steps = node.numbers(4) ?? starts.map(() => 1);
  const given = node.imported(0);
  let x = isKnown(given) && given.shape.length !== 1 ? node.value(0) : given;
  for (const [i, given] of axes.entries()) {
    const axis = normalizeAxis("Slice", given, x.shape.length);
    const [step, start, end] = [steps[i], starts[i], ends[i]];
    if (step === undefined || start === undefined || end === undefined || !Number.isInteger(step) || step === 0) {
      return node.fail(`got start ${start}, end ${end} and step ${step}, expected numbers and a step other than 0`);
    }
    if (step < 0) {
      x = sliceBackwards(isKnown(x) ? node.value(0) : x, axis, { start, end, step });
      continue;
    }
    // The whole of an axis may have a size without a number.
    if (start === 0 && step === 1 && end >= Number.MAX_SAFE_INTEGER) continue;
    const length = fixedSize("Slice", x.shape[axis]);
    const clamp = (index: number) => Math.min(length, Math.max(0, index < 0 ? index + length : index));
    const first = clamp(start);
    const size = Math.max(0, Math.ceil((clamp(end) - first) / step));
    if (isKnown(x)) {
      const elements = x.elements.slice(first).filter((_, k) => k % step === 0 && k < size * step);
      x = { type: x.type, shape: [size], elements };
    } else {
      x = slice(x, { axis, start: first, size, step });
    }
  }
  return x;
};

const split: Importer = (node) => {
  const x = node.value(0);
  const axis = normalizeAxis("Split", node.integer("axis", 0), x.shape.length);
  const length = fixedSize("Split", x.shape[axis]);
  const even = Math.ceil(length / node.outputCount);
  const sizes =
    node.integersOrInput("split", 1) ??
    Array.from({ length: node.outputCount }, (_, i) => Math.min(even, length - i * even));
  if (sizes.reduce((sum, size) => sum + size, 0) !== length) node.fail(`got parts [${sizes}] of ${length} elements`);
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return slice(x, { axis, start: start - size, size });
  });
};

/** Borders of one value; opset 11 made them inputs, opset 18 lets them name axes. */
const padImporter: Importer = (node) => {
  const x = node.value(0);
  const mode = node.string("mode", "constant");
  const pads = node.integersOrInput("pads", 1) ?? node.fail("got no pads, expected some");
  const given = node.attribute("value") ?? node.numbers(2)?.[0] ?? 0;
  const axes = node.numbers(3) ?? x.shape.map((_, axis) => axis);
  if (typeof given !== "number" || pads.length !== 2 * axes.length) {
    return node.fail(`got ${pads.length} pads for ${axes.length} axes, expected two each`);
  }
  return axes.reduce((value, axis, i) => {
    const at = normalizeAxis("Pad", axis, x.shape.length);
    const [before = 0, after = 0] = [pads[i], pads[axes.length + i]];
    if (before === 0 && after === 0) return value;
    const length = fixedSize("Pad", value.shape[at]);
    if (mode !== "constant") return padByPixels(value, at, { before, after, mode });
    const size = length + Math.min(0, before) + Math.min(0, after);
    const cut = slice(value, { axis: at, start: Math.max(0, -before), size });
    return pad(cut, { axis: at, before: Math.max(0, before), after: Math.max(0, after), value: given });
  }, x);
};

/** One index of an axis, or rows of a table. */
const gatherImporter: Importer = (node) => {
  const [x, indices] = [node.value(0), node.imported(1)];
  const axis = normalizeAxis("Gather", node.integer("axis", 0), x.shape.length);
  const [index] = isKnown(indices) && indices.shape.length === 0 ? (node.numbers(1) ?? []) : [];
  if (index !== undefined) {
    const length = fixedSize("Gather", x.shape[axis]);
    const one = slice(x, { axis, start: index < 0 ? index + length : index, size: 1 });
    return reshapeImported(one, x.shape.toSpliced(axis, 1));
  }
  return gatherAlong(x, axis, node.value(1));
};

const castImporter: Importer = (node) => {
  const x = node.imported(0);
  const to = typeName(node.integer("to"));
  const type = graphType(to) ?? node.fail(`got element type ${to}, expected ${SUPPORTED_TYPES}`);
  if (!isKnown(x)) return cast(x, type);
  const isFloat = type === "f32" || type === "f64";
  const convert = (element: number) =>
    type === "bool" ? Number(element !== 0) : isFloat ? element : Math.trunc(element);
  const elements = x.elements.map((element) => (typeof element === "number" ? convert(element) : element));
  return { type, shape: x.shape, elements } satisfies Known;
};

/** Along one axis; before opset 13, along that axis and all behind it together. */
const softmaxImporter =
  (apply: (x: Value) => Value): Importer =>
  (node) => {
    const x = node.value(0);
    const last = x.shape.length - 1;
    const axis = normalizeAxis(node.opType, node.integer("axis", node.opset < 13 ? 1 : -1), x.shape.length);
    if (axis === last) return apply(x);
    if (node.opset < 13) return reshape(apply(reshape(x, matrixShape(node, x.shape, axis))), x.shape);
    const swapped = x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
    return transpose(apply(transpose(x, swapped)), swapped);
  };

/** The identity at inference; its third input, since opset 12, switches it to training mode. */
const dropout: Importer = (node) => {
  if (node.inputCount > 2 && node.numbers(2)?.some((isTraining) => isTraining !== 0)) {
    node.fail("is in training mode, where it draws at random: export the network for inference");
  }
  return node.imported(0);
};

const expand: Importer = (node) => {
  const x = node.value(0);
  return broadcastTo(x, broadcastShapes("Expand", x.shape, node.dims(1) ?? node.fail("got no shape, expected one")));
};

/** Importers by op type. */
export const layoutImporters: readonly (readonly [string, Importer])[] = [
  ["Constant", constantImporter],
  ["ConstantOfShape", constantOfShape],
  ["Identity", (node) => node.imported(0)],
  ["Dropout", dropout],
  ["Shape", shapeImporter],
  ["Cast", castImporter],
  ["Reshape", reshapeImporter],
  ["Flatten", flatten],
  ["Squeeze", squeeze],
  ["Unsqueeze", unsqueeze],
  ["Transpose", transposeImporter],
  ["Concat", (node) => concat(node.values(), node.integer("axis"))],
  ["Slice", sliceImporter],
  ["Split", split],
  ["Pad", padImporter],
  ["Gather", gatherImporter],
  ["Expand", expand],
  ...rearrangeImporters,
  ["Softmax", softmaxImporter(softmax)],
  ["LogSoftmax", softmaxImporter(logSoftmax)],
];
