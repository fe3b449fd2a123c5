import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import type { RgbImage } from "../../base/image/index.ts";
import { type Landmarks, landmarkTemplate } from "../../base/image/index.ts";
import { type Identity, identityParameters, identityRanges, syntheticIdentity } from "./identity.ts";
import { type RenderFaceOptions, renderFace } from "./render-face.ts";

/** A face in the middle of every range, without moles, glasses, freckles and beard. */
function meanIdentity(): Identity {
  const middle = identityParameters.map((name) => [name, (identityRanges[name][0] + identityRanges[name][1]) / 2]);
  const plain = { freckles: 0, beard: 0, moustache: 0, glassesHabit: 0, fringe: 0, wrinkles: 0, skinDarkness: 0.2 };
  return { ...Object.fromEntries(middle), ...plain, moles: [], detailSeed: 1 };
}

/** Largest distance of a landmark from the template, in pixels. */
function miss(landmarks: Landmarks, width: number, height: number): number {
  const template = landmarkTemplate(width, height);
  return Math.max(...landmarks.map(([x, y], i) => Math.hypot(x - template[i]![0], y - template[i]![1])));
}

/** Center of the darkness within `radius` of a point: Σ darkness · position. */
function darkSpot(image: RgbImage, [x, y]: readonly [number, number], radius: number): [number, number] {
  let [sum, sumX, sumY] = [0, 0, 0];
  for (let row = Math.ceil(y - radius); row <= y + radius; row++) {
    for (let column = Math.ceil(x - radius); column <= x + radius; column++) {
      const at = 3 * (row * image.width + column);
      const brightness = (image.data[at]! + image.data[at + 1]! + image.data[at + 2]!) / 3;
      const darkness = Math.max(0, 70 - brightness);
      sum += darkness;
      sumX += darkness * column;
      sumY += darkness * row;
    }
  }
  return [sumX / sum, sumY / sum];
}

describe("renderFace", () => {
  it.each([undefined, null, 7, {}])("refuses %j in place of a person", (value) => {
    expect(() => renderFace(value as never)).toThrow(OptionError);
    expect(() => renderFace(value as never)).toThrow(/^identity: got .*, expected what syntheticIdentity/);
  });

  it.each([
    [112, 112],
    [96, 112],
    [64, 64],
    [48, 56],
  ])("puts the mean face's landmarks on the template at %i × %i", (width, height) => {
    const { image, landmarks } = renderFace(meanIdentity(), { width, height, difficulty: 0 });
    expect([image.width, image.height, image.data.length]).toEqual([width, height, 3 * width * height]);
    expect(miss(landmarks, width, height)).toBeLessThan(height / 112);
  });

  it("keeps everybody's landmarks near the template, and off it by their own proportions", () => {
    const misses = Array.from({ length: 100 }, (_, index) =>
      miss(renderFace(syntheticIdentity(5, index), { width: 32, height: 32, difficulty: 0 }).landmarks, 32, 32),
    ).map((pixels) => pixels * 3.5);
    expect(Math.max(...misses)).toBeLessThan(5);
    expect(new Set(misses.map((pixels) => pixels.toFixed(6))).size).toBe(100);
    expect(Math.max(...misses)).toBeGreaterThan(1);
  });

  it("moves all landmarks by the shift in `placement`", () => {
    const base = renderFace(meanIdentity(), { difficulty: 0 }).landmarks;
    const moved = renderFace(meanIdentity(), { difficulty: 0, placement: { shiftX: 3, shiftY: -2 } }).landmarks;
    for (const [i, [x, y]] of base.entries()) {
      expect(moved[i]![0]).toBeCloseTo(x + 3, 8);
      expect(moved[i]![1]).toBeCloseTo(y - 2, 8);
    }
  });

  it.each([
    { pose: { yaw: 0 } },
    { pose: { yaw: 25, pitch: 10 } },
    { pose: { yaw: -25, pitch: -12, roll: 10 } },
    { placement: { shiftX: 4, rotation: 5 } },
  ] satisfies RenderFaceOptions[])("draws dark pupils at the eyes' landmarks: %j", (options) => {
    const size = 336;
    const { image, landmarks } = renderFace(
      { ...meanIdentity(), irisColor: 1 },
      { ...options, difficulty: 0, width: size, height: size },
    );
    for (const eye of [landmarks[0], landmarks[1]]) {
      const [x, y] = darkSpot(image, eye, 14);
      // A pixel of a crop 112 high is three of these.
      expect(Math.hypot(x - eye[0], y - eye[1])).toBeLessThan(3.6);
    }
  });

  it("draws the mouth's corners at their landmarks: lips on the inner side, skin on the outer", () => {
    const painted = { ...meanIdentity(), lipRedness: 1 };
    const { image, landmarks } = renderFace(painted, {
      difficulty: 0,
      width: 336,
      height: 336,
      expression: { smile: 0.5 },
    });
    const redness = (x: number, y: number): number => {
      const at = 3 * (Math.round(y) * image.width + Math.round(x));
      return image.data[at]! / (image.data[at + 1]! + 1);
    };
    const [, , , [leftX, leftY], [rightX, rightY]] = landmarks;
    expect(redness(leftX + 12, leftY + 1)).toBeGreaterThan(1.25 * redness(leftX - 12, leftY + 1));
    expect(redness(rightX - 12, rightY + 1)).toBeGreaterThan(1.25 * redness(rightX + 12, rightY + 1));
  });

  it("turns the nose with the head: with yaw, the nose moves against the eyes", () => {
    const noseShift = (yaw: number): number => {
      const [left, right, nose] = renderFace(meanIdentity(), { difficulty: 0, pose: { yaw } }).landmarks;
      return nose[0] - (left[0] + right[0]) / 2;
    };
    const shifts = [-30, -15, 0, 15, 30].map(noseShift);
    expect(shifts).toEqual([...shifts].sort((a, b) => a - b));
    expect(shifts[4]! - shifts[0]!).toBeGreaterThan(10);
  });

  it("departs further from the neutral image as difficulty grows", () => {
    const distance = (difficulty: number): number => {
      let sum = 0;
      for (let index = 0; index < 12; index++) {
        const identity = syntheticIdentity(2, index);
        const neutral = renderFace(identity, { seed: index, width: 32, height: 32, difficulty: 0 }).image.data;
        const { data } = renderFace(identity, { seed: index, width: 32, height: 32, difficulty }).image;
        for (let at = 0; at < data.length; at++) sum += (data[at]! - neutral[at]!) ** 2;
      }
      return sum;
    };
    const distances = [0, 0.15, 0.4, 0.8].map(distance);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    expect(distances[0]).toBe(0);
  });

  it("gives the same bytes everywhere", () => {
    const hash = createHash("sha256");
    for (let index = 0; index < 40; index++) {
      const { image } = renderFace(syntheticIdentity(9, index), {
        seed: index,
        width: 48,
        height: 56,
        difficulty: 0.7,
      });
      hash.update(image.data);
    }
    expect(hash.digest("hex").slice(0, 16)).toBe("fe0c196bef96e1a7");
  });

  it("rejects sizes and difficulties out of range", () => {
    expect(() => renderFace(meanIdentity(), { width: 4 })).toThrow(OptionError);
    expect(() => renderFace(meanIdentity(), { difficulty: 1.5 })).toThrow(
      "difficulty: got 1.5, expected a number in [0, 1]",
    );
  });
});
