import { describeValue, ShapeError } from "../../base/core/index.ts";
import type { Dim, Shape, TensorType } from "./value.ts";

/** The sizes of a shape of some rank. */
type DimsOfRank = {
  readonly 1: readonly [Dim];
  readonly 2: readonly [Dim, Dim];
  readonly 4: readonly [Dim, Dim, Dim, Dim];
};

/** Sizes of a shape of some rank, all of them numbers. */
type SizesOfRank = {
  readonly 1: readonly [number];
  readonly 2: readonly [number, number];
  readonly 4: readonly [number, number, number, number];
};

/** Throws unless this is a value of a graph. @throws {ShapeError} */
export function requireTensor(what: string, value: TensorType): void {
  if (typeof value === "object" && value !== null && Array.isArray(value.shape) && typeof value.type === "string")
    return;
  throw new ShapeError(`${what}: got ${describeValue(value)}, expected a value of a graph, as input(…) makes one`);
}

/** The sizes of a value of this rank. @throws {ShapeError} for another rank. */
export function requireRank<R extends keyof DimsOfRank>(what: string, { shape }: TensorType, rank: R): DimsOfRank[R] {
  if (shape.length !== rank) throw new ShapeError(`${what}: got shape [${shape}], expected ${rank} axes`);
  return shape as readonly Dim[] as DimsOfRank[R];
}

/** The same, with sizes that must be numbers. */
export function fixedSizes<R extends keyof SizesOfRank>(what: string, value: TensorType, rank: R): SizesOfRank[R] {
  const dims: readonly Dim[] = requireRank(what, value, rank);
  return dims.map((size) => fixedSize(what, size)) as readonly number[] as SizesOfRank[R];
}

/** Number of elements. @throws {ShapeError} for a size that is known only at run time. */
export function elementCount(shape: Shape): number {
  return shape.reduce<number>((product, size) => product * fixedSize("elementCount", size), 1);
}

/** The size as a number. @throws {ShapeError} for a size that is known only at run time. */
export function fixedSize(what: string, size: Dim | undefined): number {
  if (typeof size === "number") return size;
  throw new ShapeError(`${what}: got the size '${size}', expected a number: fix this size before building`);
}

/** Whether all sizes are numbers. */
export function isFixedShape(shape: Shape): shape is readonly number[] {
  return shape.every((size) => typeof size === "number");
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The shape that two shapes broadcast to by ONNX's (NumPy's) rule. */
export function broadcastShapes(what: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new ShapeError(
      `${what}: sizes differ on axis ${axis}: got [${a}] and [${b}], expected shapes that broadcast`,
    );
  });
}

/** Axis in [0, rank); negative ones count from the end. */
export function normalizeAxis(what: string, axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normalized < 0 || normalized >= rank) {
    throw new ShapeError(`${what}: got axis ${axis}, expected one of a rank-${rank} shape`);
  }
  return normalized;
}

/** Shape after a reduction over `axes` (already normalized). */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  return keepDims
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
}
