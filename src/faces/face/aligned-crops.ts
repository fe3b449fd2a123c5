import { requireFields } from "../../base/core/index.ts";
import type { RgbImage } from "../../base/image/index.ts";
import { type Landmarks, landmarkTemplate } from "../../base/image/index.ts";
import type { AlignmentTarget } from "../embedder/index.ts";
import type { DetectedFace, FaceDetector } from "./detection.ts";
import { mapLandmarks } from "./landmarks.ts";

/**
 * Takes the place of a detector for images that are aligned crops already, of any size: each is one face, with its
 * landmarks at the points of the template.
 *
 * @param target the template of the crops; default InsightFace's.
 */
export function alignedCrops(target?: AlignmentTarget): FaceDetector {
  if (target !== undefined)
    requireFields("target", target, { width: "a number", height: "a number", template: "a list" });
  const landmarksIn = (width: number, height: number): Landmarks =>
    target === undefined
      ? landmarkTemplate(width, height)
      : mapLandmarks(target.template, ([x, y]) => [(x * width) / target.width, (y * height) / target.height]);
  return {
    name: "none: aligned crops",
    license: "none",
    detect: async ({ width, height }: RgbImage): Promise<readonly DetectedFace[]> => [
      { box: { x: 0, y: 0, width, height }, score: 1, landmarks: landmarksIn(width, height) },
    ],
    close: async () => {},
  };
}
