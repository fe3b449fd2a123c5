import type { DetectedFace } from "./detection.ts";
import type { DetectorFormat } from "./detector-format.ts";
import { BOX_NUMBERS, type DetectorLevel, detectorLevels, landmarksAt, POINT_NUMBERS } from "./detector-levels.ts";
import { numberAt } from "./outputs.ts";

/**
 * YuNet (Wu, Peng and Yu, Machine Intelligence Research 2023): score = √(class · object); boxes are a center and the
 * logarithm of a size, points are offsets, all in cells. The two scores are factors, so that their order does not
 * matter.
 *
 * @param lengths numbers in a row of each output.
 * @returns undefined when the outputs are not YuNet's.
 */
export function yunetFormat(lengths: readonly number[]): DetectorFormat | undefined {
  const count = (length: number) => lengths.filter((other) => other === length).length;
  const levelCount = count(BOX_NUMBERS);
  const isYunet =
    levelCount > 0 &&
    count(POINT_NUMBERS) === levelCount &&
    lengths.length === 4 * levelCount &&
    count(1) === 2 * levelCount;
  if (!isYunet) return undefined;
  return {
    name: "YuNet",
    pixels: { channels: "bgr", mean: 0, std: 1 },
    minimumScore: 0.6,
    multiple: 8 * 2 ** (levelCount - 1),
    decode: (outputs, size, minimumScore) =>
      detectorLevels(outputs, size).flatMap((level) => decode(level, minimumScore)),
  };
}

function decode(level: DetectorLevel, minimumScore: number): DetectedFace[] {
  const { stride, columns, scores, boxes, points } = level;
  const [classes, objects] = scores;
  if (classes === undefined || objects === undefined) return [];
  const found: DetectedFace[] = [];
  for (const [cell, certainty] of classes.entries()) {
    const score = Math.sqrt(share(certainty) * share(numberAt(objects, cell)));
    if (!(score >= minimumScore)) continue;
    const at = (i: number) => numberAt(boxes, BOX_NUMBERS * cell + i);
    const [width, height] = [Math.exp(at(2)) * stride, Math.exp(at(3)) * stride];
    const x = ((cell % columns) + at(0)) * stride - width / 2;
    const y = (Math.floor(cell / columns) + at(1)) * stride - height / 2;
    found.push({ box: { x, y, width, height }, score, landmarks: landmarksAt(points, cell, cell, level) });
  }
  return found;
}

/** Rounding moves a sigmoid out of [0, 1] by a little. */
export function share(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
