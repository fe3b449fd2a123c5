import { requireFields, requireKind } from "../../base/core/index.ts";
import type { DetectedFace } from "./detection.ts";

/**
 * The main face of a photograph of one person: the largest, unless it lies far from the middle. By InsightFace's rule,
 * the face with the greatest `width · height − 2 · (distance from the middle)²`, in pixels; of equals the one
 * with the higher score. Undefined if there is no face.
 */
export function mainFace<T extends DetectedFace>(
  faces: readonly T[],
  image: { readonly width: number; readonly height: number },
): T | undefined {
  requireKind("faces", faces, "a list");
  requireFields("image", image, { width: "a number", height: "a number" });
  const { width, height } = image;
  const weight = ({ box }: DetectedFace): number => {
    const x = box.x + box.width / 2 - width / 2;
    const y = box.y + box.height / 2 - height / 2;
    return box.width * box.height - 2 * (x * x + y * y);
  };
  return faces.toSorted((a, b) => weight(b) - weight(a) || b.score - a.score)[0];
}
