/**
 * YuNet's files of 2022 (OpenCV Zoo, face_detection_yunet_2022mar), which came before those of the paper: three outputs
 * over all cells, in which boxes and points are relative to anchors of several sizes a cell.
 */
import { ModelError } from "../../base/core/index.ts";
import type { DetectedFace } from "./detection.ts";
import type { DetectorFormat } from "./detector-format.ts";
import type { Size } from "./detector-levels.ts";
import { floats, numberAt } from "./outputs.ts";
import { share } from "./yunet.ts";

/** Sides of the square anchors in each cell, pixels, by the side of the cell. */
const ANCHORS = [
  { stride: 8, sides: [10, 16, 24] },
  { stride: 16, sides: [32, 48] },
  { stride: 32, sides: [64, 96] },
  { stride: 64, sides: [128, 192, 256] },
] as const;
/** Scales of the network's numbers for centers and points, and for heights; OpenCV takes the first for widths too. */
const [VARIANCE, HEIGHT_VARIANCE] = [0.1, 0.2];
/** Numbers in a row: a box and five points; the certainties of "no face" and "face"; how well the box fits. */
const LENGTHS = [14, 2, 1] as const;

/** @param lengths numbers in a row of each output. @returns undefined when the outputs are not those of 2022. */
export function yunet2022Format(lengths: readonly number[]): DetectorFormat | undefined {
  if (lengths.length !== LENGTHS.length || LENGTHS.some((length) => !lengths.includes(length))) return undefined;
  return {
    name: "YuNet 2022",
    pixels: { channels: "bgr", mean: 0, std: 1 },
    minimumScore: 0.6,
    multiple: 64,
    decode: (outputs, size, minimumScore) => {
      const [places, classes, fits] = LENGTHS.map((length) => {
        const [name, tensor] = Object.entries(outputs).find(([, { shape }]) => shape.at(-1) === length) ?? [];
        return floats(name ?? "?", tensor);
      });
      if (places === undefined || classes === undefined || fits === undefined) return [];
      const anchors = [...anchorsOf(size)];
      if (fits.length !== anchors.length) {
        throw new ModelError(
          `detector: got ${fits.length} rows for an image of ${size.width}×${size.height}, expected ${anchors.length}`,
        );
      }
      const found: DetectedFace[] = [];
      for (const [row, { x, y, side }] of anchors.entries()) {
        const score = Math.sqrt(share(numberAt(classes, 2 * row + 1)) * share(numberAt(fits, row)));
        if (!(score >= minimumScore)) continue;
        const at = (i: number) => numberAt(places, 14 * row + i);
        const point = (i: number) => [x + at(i) * VARIANCE * side, y + at(i + 1) * VARIANCE * side] as const;
        const [centerX, centerY] = point(0);
        const [width, height] = [side * Math.exp(at(2) * VARIANCE), side * Math.exp(at(3) * HEIGHT_VARIANCE)];
        found.push({
          box: { x: centerX - width / 2, y: centerY - height / 2, width, height },
          score,
          landmarks: [point(4), point(6), point(8), point(10), point(12)],
        });
      }
      return found;
    },
  };
}

/**
 * Middles and sides of all anchors, in the order of the rows. Sizes are halved as the network's pooling halves them.
 */
function* anchorsOf({
  width,
  height,
}: Size): Generator<{ readonly x: number; readonly y: number; readonly side: number }> {
  const half = (size: number) => Math.floor(size / 2);
  let [columns, lines] = [width, height].map((size) => half(half(size + 1))) as [number, number];
  for (const { stride, sides } of ANCHORS) {
    [columns, lines] = [half(columns), half(lines)];
    for (let line = 0; line < lines; line++) {
      for (let column = 0; column < columns; column++) {
        for (const side of sides) yield { x: (column + 0.5) * stride, y: (line + 0.5) * stride, side };
      }
    }
  }
}
