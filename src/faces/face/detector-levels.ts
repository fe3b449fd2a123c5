/**
 * Outputs of detectors that look at an image in cells of several sizes: 8, 16, 32, … pixels. For each size a file has
 * an output of scores, one of boxes and one of points, with a row for each cell, or for each of several anchors in a
 * cell. Files differ in the order of these outputs and in their names. So the length of the rows identifies an output's
 * kind, and their number its level: an image has four times as many cells of 8 pixels as of 16.
 */
import { ModelError } from "../../base/core/index.ts";
import type { Landmarks } from "../../base/image/index.ts";
import type { Tensors } from "../../compiler/runtime/index.ts";
import { floats, numberAt } from "./outputs.ts";

/** Sides in pixels. */
export type Size = { readonly width: number; readonly height: number };

/** Cells of one size over an image: cell i is in column i mod `columns`. */
export type Grid = { readonly stride: number; readonly columns: number };

/** The outputs for one cell size. */
export type DetectorLevel = Grid & {
  /** Anchors in each cell, one after the other. */
  readonly anchorCount: number;
  /** Outputs with one number a row, in the file's order. */
  readonly scores: readonly Float32Array[];
  readonly boxes: Float32Array;
  readonly points: Float32Array;
};

/** Numbers in a row of boxes, and in a row of five points. */
export const BOX_NUMBERS = 4;
export const POINT_NUMBERS = 10;

const SMALLEST_STRIDE = 8;

type RowsOf = { scores: Float32Array[]; boxes: Float32Array[]; points: Float32Array[] };

/**
 * Sorts outputs by level, the smallest cells first.
 *
 * @throws {ModelError} when they do not fit the image's cells, or a level lacks boxes or points.
 */
export function detectorLevels(outputs: Tensors, { width, height }: Size): DetectorLevel[] {
  const byRowCount = new Map<number, RowsOf>();
  for (const [name, tensor] of Object.entries(outputs)) {
    const data = floats(name, tensor);
    const last = tensor.shape.at(-1);
    const length = last === BOX_NUMBERS || last === POINT_NUMBERS ? last : 1;
    const rows = byRowCount.get(data.length / length) ?? { scores: [], boxes: [], points: [] };
    byRowCount.set(data.length / length, rows);
    (length === 1 ? rows.scores : length === BOX_NUMBERS ? rows.boxes : rows.points).push(data);
  }
  const sorted = [...byRowCount].sort(([a], [b]) => b - a);
  const levels = sorted.map(([rowCount, { scores, boxes, points }], index): DetectorLevel => {
    const stride = SMALLEST_STRIDE * 2 ** index;
    const columns = Math.ceil(width / stride);
    const anchorCount = rowCount / (columns * Math.ceil(height / stride));
    const [box, ...moreBoxes] = boxes;
    const [point, ...morePoints] = points;
    const isWhole = box !== undefined && point !== undefined && moreBoxes.length + morePoints.length === 0;
    if (!isWhole || !Number.isInteger(anchorCount)) {
      throw new ModelError(
        `detector: got ${rowCount} rows of ${scores.length} scores, ${boxes.length} boxes and ${points.length} points for ` +
          `cells of ${stride} pixels in an image of ${width}×${height}, expected scores, boxes and points for every cell`,
      );
    }
    return { stride, columns, anchorCount, scores, boxes: box, points: point };
  });
  if (new Set(levels.map(({ anchorCount }) => anchorCount)).size > 1) {
    const counts = levels.map(({ anchorCount }) => anchorCount).join(", ");
    throw new ModelError(`detector: got ${counts} anchors a cell in levels of one image, expected one number for all`);
  }
  return levels;
}

/** Five points in pixels, stored as offsets in cells from the corner of their cell. */
export function landmarksAt(points: Float32Array, row: number, cell: number, { stride, columns }: Grid): Landmarks {
  const [column, line] = [cell % columns, Math.floor(cell / columns)];
  const point = (i: number) =>
    [
      (column + numberAt(points, POINT_NUMBERS * row + 2 * i)) * stride,
      (line + numberAt(points, POINT_NUMBERS * row + 2 * i + 1)) * stride,
    ] as const;
  return [point(0), point(1), point(2), point(3), point(4)];
}
