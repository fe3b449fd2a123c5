/**
 * Resizing of images by any factor as products with matrices: each element of a resized axis is a weighted sum of a few
 * elements of the axis before, and the weights depend on sizes alone. A product has a gradient, and needs no kernel.
 *
 * @see ONNX, operator Resize, for the coordinates, and Keys, 1981, for the cubic weights.
 */
import { batchMatmul, constant, fixedSize, reshape, transpose, typedArray, type Value } from "../../graph/index.ts";
import type { ImportNode } from "./node.ts";

type Resampling = {
  readonly mode: string;
  readonly coordinates: string;
  readonly rounding: string;
  readonly cubic: number;
  readonly excludesOutside: boolean;
};

/** Most weights of an axis, from elements times to elements. */
const LARGEST = 2 ** 24;

/** Resizes every axis whose size changes. */
export function resample(node: ImportNode): Value {
  const x = node.value(0);
  const isOld = node.opType === "Upsample" || node.opset < 11;
  const given = node.attribute("scales") ?? (isOld ? node.numbers(1) : node.numbers(2));
  const scales = Array.isArray(given) && given.length > 0 ? given.map(Number) : undefined;
  const sizes = scales === undefined && !isOld ? node.numbers(3) : undefined;
  if (scales === undefined && sizes === undefined) node.fail("got neither scales nor sizes, expected one of them");
  if (node.attribute("axes") !== undefined || node.string("keep_aspect_ratio_policy", "stretch") !== "stretch") {
    node.fail("got 'axes' or an aspect ratio that is kept, expected scales or sizes of all axes");
  }
  const settings: Resampling = {
    mode: node.string("mode", "nearest"),
    coordinates: isOld ? "asymmetric" : node.string("coordinate_transformation_mode", "half_pixel"),
    rounding: isOld ? "floor" : node.string("nearest_mode", "round_prefer_floor"),
    cubic: node.float("cubic_coeff_a", -0.75),
    excludesOutside: node.integer("exclude_outside", 0) !== 0,
  };
  if (settings.coordinates === "tf_crop_and_resize") node.fail("crops while it resizes, expected a whole image");
  if (node.integer("antialias", 0) !== 0) node.fail("got 'antialias', expected none");
  return x.shape.reduce<Value>((value, length, axis) => {
    const [scale, size] = [scales?.[axis], sizes?.[axis]];
    if (scale === 1 || size === length) return value;
    const from = fixedSize(node.opType, length);
    const to = size ?? Math.floor(from * (scale ?? 1));
    if (!(to >= 1 && from >= 1 && from * to <= LARGEST))
      node.fail(`makes ${to} of ${from} elements, expected other sizes: check the file`);
    if (settings.coordinates === "align_corners" && size === undefined && to !== from * (scale ?? 1)) {
      node.fail(`aligns corners and makes ${from * (scale ?? 1)} of ${from} elements, expected a whole number`);
    }
    return alongAxis(value, axis, matrixOf(from, to, scale ?? to / from, settings));
  }, x);
}

/** A matrix [from, to] applied along one axis. */
function alongAxis(x: Value, axis: number, { data, from, to }: ReturnType<typeof matrixOf>): Value {
  const last = x.shape.length - 1;
  const matrix = constant(typedArray(x.type, data), [from, to], x.type);
  const order = x.shape.map((_, other) => (other === axis ? last : other === last ? axis : other));
  const moved = axis === last ? x : transpose(x, order);
  const wide = moved.shape.length < 2 ? reshape(moved, [1, ...moved.shape]) : moved;
  const y = batchMatmul(wide, matrix);
  const shaped = moved.shape.length < 2 ? reshape(y, [to]) : y;
  return axis === last ? shaped : transpose(shaped, order);
}

/** The weights of an axis of `from` elements in one of `to`. */
function matrixOf(from: number, to: number, scale: number, settings: Resampling) {
  const data = new Float64Array(from * to);
  for (let i = 0; i < to; i++) {
    const at = coordinate(i, from, to, scale, settings.coordinates);
    for (const [index, weight] of weightsAt(at, from, settings)) {
      const source = Math.min(from - 1, Math.max(0, index));
      data[source * to + i] = (data[source * to + i] ?? 0) + weight;
    }
  }
  return { data, from, to };
}

/** Where an element of the result lies among those before. */
function coordinate(i: number, from: number, to: number, scale: number, mode: string): number {
  switch (mode) {
    case "align_corners":
      return to === 1 ? 0 : (i * (from - 1)) / (to - 1);
    case "asymmetric":
      return i / scale;
    case "pytorch_half_pixel":
      return to > 1 ? (i + 0.5) / scale - 0.5 : 0;
    case "tf_half_pixel_for_nn":
      return (i + 0.5) / scale;
    default:
      return (i + 0.5) / scale - 0.5;
  }
}

/** Elements around a coordinate and their weights, which sum to 1. */
function weightsAt(at: number, from: number, settings: Resampling): readonly (readonly [number, number])[] {
  const { mode, rounding, cubic, excludesOutside } = settings;
  const floor = Math.floor(at);
  const share = at - floor;
  if (mode === "nearest") return [[nearest(at, rounding), 1]];
  const near: (readonly [number, number])[] =
    mode === "linear"
      ? [
          [floor, 1 - share],
          [floor + 1, share],
        ]
      : [-1, 0, 1, 2].map((offset) => [floor + offset, cubicWeight(Math.abs(share - offset), cubic)] as const);
  if (!excludesOutside) return near;
  const inside = near.filter(([index]) => index >= 0 && index < from);
  const sum = inside.reduce((total, [, weight]) => total + weight, 0);
  return inside.map(([index, weight]) => [index, weight / sum]);
}

function nearest(at: number, rounding: string): number {
  switch (rounding) {
    case "floor":
      return Math.floor(at);
    case "ceil":
      return Math.ceil(at);
    case "round_prefer_ceil":
      return Math.floor(at + 0.5);
    default:
      return Math.ceil(at - 0.5);
  }
}

/** Keys' kernel at a distance below 2. */
function cubicWeight(distance: number, a: number): number {
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance ** 2 + 1;
  return distance < 2 ? ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a : 0;
}
