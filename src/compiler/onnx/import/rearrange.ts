/** Ops that move elements by indices which are known while a file is read: each is a gather, a reshape or a mask. */
import { ModelError } from "../../../base/core/index.ts";
import {
  argMax,
  cast,
  concat,
  constant,
  elementCount,
  equal,
  fixedSize,
  gather,
  matmul,
  normalizeAxis,
  reshape,
  type Shape,
  transpose,
  typedArray,
  type Value,
  where,
} from "../../graph/index.ts";
import type { Known } from "./known.ts";
import type { Importer, ImportNode } from "./node.ts";

/** Elements of one axis by their indices, which may have several axes themselves. */
export function gatherAlong(x: Value, axis: number, indices: Value): Value {
  const flat = indices.shape.length === 1 ? indices : reshape(indices, [elementCount(indices.shape)]);
  const order = [axis, ...x.shape.flatMap((_, other) => (other === axis ? [] : [other]))];
  const rows = gather(axis === 0 ? x : transpose(x, order), flat);
  const placed =
    axis === 0
      ? rows
      : transpose(
          rows,
          x.shape.map((_, other) => order.indexOf(other)),
        );
  return indices.shape.length === 1 ? placed : reshape(placed, x.shape.toSpliced(axis, 1, ...indices.shape));
}

/** Elements of one axis by known indices. */
function pick(x: Value, axis: number, indices: readonly number[]): Value {
  return gatherAlong(x, axis, constant(typedArray("i64", indices), [indices.length], "i64"));
}

/** Most indices that are written out: an axis of an image has a few hundred. */
const LARGEST = 2 ** 20;

/** 0, 1 … `count` − 1. @throws {ModelError} for more than any image needs, as a damaged file may ask for. */
function range(count: number): number[] {
  if (!(count <= LARGEST)) throw new ModelError(`needs ${count} indices, expected at most ${LARGEST}: check the file`);
  return Array.from({ length: count }, (_, i) => i);
}

/** One axis from its end to its start. */
export function reversed(x: Value, axis: number): Value {
  return pick(x, axis, range(fixedSize("reversed", x.shape[axis])).reverse());
}

/** A part of an axis with a step below 0: from `start` down to above `end`. */
export function sliceBackwards(
  x: Value,
  axis: number,
  { start, end, step }: { readonly start: number; readonly end: number; readonly step: number },
): Value {
  const length = fixedSize("Slice", x.shape[axis]);
  const clamp = (index: number, low: number) => Math.min(length - 1, Math.max(low, index < 0 ? index + length : index));
  const [first, last] = [clamp(start, 0), clamp(end, -1)];
  const count = Math.max(0, Math.ceil((first - last) / -step));
  return pick(
    x,
    axis,
    range(count).map((i) => first + i * step),
  );
}

/** Borders that mirror an axis about its outermost elements, or repeat these. */
export function padByPixels(
  x: Value,
  axis: number,
  { before, after, mode }: { readonly before: number; readonly after: number; readonly mode: string },
): Value {
  const length = fixedSize("Pad", x.shape[axis]);
  const period = Math.max(1, 2 * (length - 1));
  const indices = range(length + before + after).map((i) => {
    const at = i - before;
    if (mode === "edge") return Math.min(length - 1, Math.max(0, at));
    if (mode === "wrap") return ((at % length) + length) % length;
    const phase = ((at % period) + period) % period;
    return Math.min(phase, period - phase);
  });
  return pick(x, axis, indices);
}

/** Channels → pixels of blocks, in the order "DCR" or "CRD". */
const depthToSpace: Importer = (node) => {
  const x = node.value(0);
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const block = node.integer("blocksize");
  const depth = Number(channels) / block ** 2;
  const isColumnFirst = node.string("mode", "DCR") === "CRD";
  const split: Shape = isColumnFirst
    ? [batch, depth, block, block, height, width]
    : [batch, block, block, depth, height, width];
  const moved = transpose(reshape(x, split), isColumnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
  return reshape(moved, [batch, depth, Number(height) * block, Number(width) * block]);
};

/** Pixels of blocks → channels. */
const spaceToDepth: Importer = (node) => {
  const x = node.value(0);
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const block = node.integer("blocksize");
  const [rows, columns] = [Number(height) / block, Number(width) / block];
  const moved = transpose(reshape(x, [batch, channels, rows, block, columns, block]), [0, 3, 5, 1, 2, 4]);
  return reshape(moved, [batch, Number(channels) * block ** 2, rows, columns]);
};

const tile: Importer = (node) => {
  const repeats = node.numbers(1) ?? node.fail("got no repeats, expected some");
  return repeats.reduce<Value>(
    (x, count, axis) =>
      count === 1
        ? x
        : concat(
            range(count).map(() => x),
            axis,
          ),
    node.value(0),
  );
};

/** The part above or below a diagonal; zero elsewhere. */
const triangle: Importer = (node) => {
  const x = node.value(0);
  const [rows = 0, columns = 0] = x.shape.slice(-2).map((size) => fixedSize("Trilu", size));
  const [k = 0] = node.numbers(1) ?? [];
  const isUpper = node.integer("upper", 1) !== 0;
  const kept = range(rows * columns).map((i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return Number(isUpper ? column >= row + k : column <= row + k);
  });
  const zero = constant(typedArray(x.type, [0]), [], x.type);
  return where(constant(Uint8Array.from(kept), [rows, columns], "bool"), x, zero);
};

/** 1 at the first of the largest elements along an axis; before opset 13, along it and all behind it together. */
const hardmax: Importer = (node) => {
  const x = node.value(0);
  const axis = normalizeAxis("Hardmax", node.integer("axis", node.opset < 13 ? 1 : -1), x.shape.length);
  const isJoint = node.opset < 13;
  const [before, behind] = [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis))];
  const y = isJoint ? reshape(x, [before, behind]) : x;
  const at = isJoint ? 1 : axis;
  const length = fixedSize("Hardmax", y.shape[at]);
  const shape = y.shape.map((_, i) => (i === at ? length : 1));
  const highest = reshape(argMax(y, at), y.shape.with(at, 1));
  const hit = equal(constant(typedArray("i64", range(length)), shape, "i64"), highest);
  return reshape(cast(hit, x.type), x.shape);
};

/** Sums of the elements up to each, as a product with a triangle of ones. */
const cumulativeSum: Importer = (node) => {
  const x = node.value(0);
  const [given = 0] = node.numbers(1) ?? [];
  const axis = normalizeAxis("CumSum", given, x.shape.length);
  const length = fixedSize("CumSum", x.shape[axis]);
  const gap = node.integer("exclusive", 0);
  const isReversed = node.integer("reverse", 0) !== 0;
  const ones = range(length * length).map((i) => {
    const [from, to] = [Math.floor(i / length), i % length];
    return Number(isReversed ? from >= to + gap : from + gap <= to);
  });
  const last = x.shape.length - 1;
  const order = x.shape.map((_, other) => (other === axis ? last : other === last ? axis : other));
  const moved = axis === last ? x : transpose(x, order);
  const rows = reshape(moved, [elementCount(x.shape) / length, length]);
  const sums = reshape(matmul(rows, constant(typedArray(x.type, ones), [length, length], x.type)), moved.shape);
  return axis === last ? sums : transpose(sums, order);
};

/** How many elements, where all sizes are numbers. */
const size: Importer = (node) => {
  const { shape } = node.imported(0);
  return { type: "i64", shape: [], elements: [elementCount(shape)] };
};

const eyeLike: Importer = (node) => {
  const [rows = 0, columns = 0] = node.imported(0).shape.map((size) => fixedSize("EyeLike", size));
  const k = node.integer("k", 0);
  const type = node.attribute("dtype") === 11 ? "f64" : "f32";
  const ones = range(rows * columns).map((i) => Number((i % columns) - Math.floor(i / columns) === k));
  return constant(typedArray(type, ones), [rows, columns], type);
};

const rangeImporter: Importer = (node) => {
  const [start, limit, step] = [0, 1, 2].map((index) => node.numbers(index)?.[0]);
  if (start === undefined || limit === undefined || step === undefined) {
    return node.fail("got no numbers, expected start, limit and step");
  }
  const count = Math.max(0, Math.ceil((limit - start) / step));
  const { type } = node.imported(0);
  return { type, shape: [count], elements: range(count).map((i) => start + i * step) } satisfies Known;
};

/** One number of an axis of `depth` set: [off, on]. */
const oneHotImporter: Importer = (node: ImportNode) => {
  const indices = node.value(0);
  const depth = node.numbers(1)?.[0] ?? node.fail("got no depth, expected one");
  const [off = 0, on = 1] = node.numbers(2) ?? [];
  const { type } = node.imported(2);
  const rank = indices.shape.length + 1;
  const axis = normalizeAxis("OneHot", node.integer("axis", -1), rank);
  const wide = reshape(cast(indices, "i64"), indices.shape.toSpliced(axis, 0, 1));
  const shape = Array.from({ length: rank }, (_, i) => (i === axis ? depth : 1));
  const hits = [0, -depth].map((offset) => {
    const classes = range(depth).map((i) => i + offset);
    return equal(wide, constant(typedArray("i64", classes), shape, "i64"));
  });
  const number = (value: number) => constant(typedArray(type, [value]), [], type);
  return hits.reduce<Value>((y, hit) => where(hit, number(on), y), number(off));
};

/** Importers by op type. */
export const rearrangeImporters: readonly (readonly [string, Importer])[] = [
  ["DepthToSpace", depthToSpace],
  ["SpaceToDepth", spaceToDepth],
  ["Tile", tile],
  ["Trilu", triangle],
  ["Hardmax", hardmax],
  ["CumSum", cumulativeSum],
  ["Size", size],
  ["EyeLike", eyeLike],
  ["Range", rangeImporter],
  ["OneHot", oneHotImporter],
];
