import { describe, expect, it } from "vitest";
import { landmarkTemplate } from "../../base/image/index.ts";
import type { DetectedFace } from "./detection.ts";
import { mainFace } from "./main-face.ts";

const face = (x: number, y: number, side: number, score = 0.9): DetectedFace => ({
  box: { x: x - side / 2, y: y - side / 2, width: side, height: side },
  score,
  landmarks: landmarkTemplate(112, 112),
});
const image = { width: 250, height: 250 };

describe("mainFace", () => {
  it("is the larger of two at the same distance from the middle", () => {
    const [small, large] = [face(100, 125, 60), face(150, 125, 70)];
    expect(mainFace([small, large], image)).toBe(large);
  });

  it("is the middle one, though one at the edge is a little larger", () => {
    // 80² − 0 against 100² − 2 · 80².
    const [middle, edge] = [face(125, 125, 80), face(205, 125, 100)];
    expect(mainFace([edge, middle], image)).toBe(middle);
  });

  it("is the one with the higher score of two in one place, and undefined for an empty list", () => {
    const [first, second] = [face(125, 125, 80, 0.8), face(125, 125, 80, 0.9)];
    expect(mainFace([first, second], image)).toBe(second);
    expect(mainFace([], image)).toBeUndefined();
  });
});
