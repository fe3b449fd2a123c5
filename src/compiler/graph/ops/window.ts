/**
 * Windows that slide over feature maps [batch, channels, height, width]: what convolution and pooling have in common.
 */
import { ShapeError } from "../../../base/core/index.ts";

/** One number for each spatial axis: vertical, horizontal. */
export type Spatial<T = number> = readonly [vertical: T, horizontal: T];

/** Rows and columns added around a feature map: [top, left, bottom, right]. */
export type Borders = readonly [top: number, left: number, bottom: number, right: number];

/** How a window slides along one axis. */
export type Sliding = {
  readonly stride: number;
  readonly dilation: number;
  /** Border before the first and after the last element. */
  readonly before: number;
  readonly after: number;
};

/** Applies a function to both axes. */
export function eachAxis<T, U>([vertical, horizontal]: Spatial<T>, apply: (value: T, axis: 0 | 1) => U): Spatial<U> {
  return [apply(vertical, 0), apply(horizontal, 1)];
}

/** Pairs the values of both axes. */
export function zipAxes<T, U>(first: Spatial<T>, second: Spatial<U>): Spatial<readonly [T, U]> {
  return [
    [first[0], second[0]],
    [first[1], second[1]],
  ];
}

/** How a window slides along each axis. */
export function slidingOf({
  stride,
  padding: [top, left, bottom, right],
  dilation = [1, 1],
}: {
  readonly stride: Spatial;
  readonly padding: Borders;
  readonly dilation?: Spatial;
}): Spatial<Sliding> {
  return [
    { stride: stride[0], dilation: dilation[0], before: top, after: bottom },
    { stride: stride[1], dilation: dilation[1], before: left, after: right },
  ];
}

/** Positions of a window of `kernel` taps along an axis of `size` elements; below 1 where not even one fits. */
export function positionCount(size: number, kernel: number, { stride, dilation, before, after }: Sliding): number {
  return Math.floor((size + before + after - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** The same for both axes. @throws {ShapeError} where no position fits. */
export function positionCounts(size: Spatial, kernel: Spatial, sliding: Spatial<Sliding>, refusal: string): Spatial {
  const counts = eachAxis(sliding, (along, axis) => positionCount(size[axis], kernel[axis], along));
  if (counts.some((count) => count < 1)) throw new ShapeError(refusal);
  return counts;
}
