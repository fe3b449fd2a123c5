/** Boxes: how much two overlap, and which to keep of those that show the same face. */
import type { Box } from "../../base/image/index.ts";

/** Area of the intersection of two boxes, in square pixels. */
export function intersectionArea(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(width, 0) * Math.max(height, 0);
}

/** Intersection over union, 0 to 1; 0 when either box is empty. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const shared = intersectionArea(a, b);
  return shared === 0 ? 0 : shared / (a.width * a.height + b.width * b.height - shared);
}

/** Intersection as a share of the smaller box, 0 to 1: 1 when one lies in the other; 0 when either box is empty. */
export function intersectionOverSmaller(a: Box, b: Box): number {
  const shared = intersectionArea(a, b);
  return shared === 0 ? 0 : shared / Math.min(a.width * a.height, b.width * b.height);
}

/**
 * Non-maximum suppression: drops the boxes that overlap one with a higher score by more than `maximumOverlap`. Highest
 * score first; equal scores stay in their order.
 */
export function suppressOverlaps<T extends { readonly box: Box; readonly score: number }>(
  found: readonly T[],
  maximumOverlap: number,
  overlap: (a: Box, b: Box) => number = intersectionOverUnion,
): T[] {
  const kept: T[] = [];
  for (const candidate of found.toSorted((a, b) => b.score - a.score)) {
    if (kept.every(({ box }) => overlap(box, candidate.box) <= maximumOverlap)) kept.push(candidate);
  }
  return kept;
}
