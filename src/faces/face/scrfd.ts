import { ModelError } from "../../base/core/index.ts";
import type { DetectedFace } from "./detection.ts";
import type { DetectorFormat } from "./detector-format.ts";
import { BOX_NUMBERS, type DetectorLevel, detectorLevels, landmarksAt, POINT_NUMBERS } from "./detector-levels.ts";
import { numberAt } from "./outputs.ts";

/**
 * SCRFD (Guo et al., 2021; InsightFace's files whose names end in `kps`): for each cell size scores, boxes and points.
 * Boxes are distances to the four edges and points are offsets, in cells from the cell's corner.
 *
 * @param lengths numbers in a row of each output.
 * @returns undefined when the outputs are not SCRFD's.
 * @throws {ModelError} for a file without landmarks.
 */
export function scrfdFormat(lengths: readonly number[]): DetectorFormat | undefined {
  const count = (length: number) => lengths.filter((other) => other === length).length;
  const levelCount = count(BOX_NUMBERS);
  if (levelCount < 3 || count(1) !== levelCount) return undefined;
  if (lengths.length === 2 * levelCount) {
    throw new ModelError("detector: this SCRFD file has no landmarks, expected one of those whose names end in 'kps'");
  }
  if (lengths.length !== 3 * levelCount || count(POINT_NUMBERS) !== levelCount) return undefined;
  return {
    name: "SCRFD",
    pixels: { channels: "rgb", mean: 127.5, std: 128 },
    minimumScore: 0.5,
    multiple: 8 * 2 ** (levelCount - 1),
    decode: (outputs, size, minimumScore) =>
      detectorLevels(outputs, size).flatMap((level) => decode(level, minimumScore)),
  };
}

function decode(level: DetectorLevel, minimumScore: number): DetectedFace[] {
  const {
    stride,
    columns,
    anchorCount,
    scores: [scores = []],
    boxes,
    points,
  } = level;
  const found: DetectedFace[] = [];
  for (const [row, score] of scores.entries()) {
    if (!(score >= minimumScore)) continue;
    const cell = Math.floor(row / anchorCount);
    const distance = (edge: number) => stride * numberAt(boxes, BOX_NUMBERS * row + edge);
    const [left, top, right, bottom] = [distance(0), distance(1), distance(2), distance(3)] as const;
    const x = (cell % columns) * stride - left;
    const y = Math.floor(cell / columns) * stride - top;
    const box = { x, y, width: left + right, height: top + bottom };
    found.push({ box, score, landmarks: landmarksAt(points, row, cell, level) });
  }
  return found;
}
