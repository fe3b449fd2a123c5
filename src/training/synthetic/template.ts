import { fitSimilarity, type Landmarks, landmarkTemplate, type Similarity } from "../../base/image/index.ts";
import { cosine, sine } from "./arithmetic.ts";
import type { Placement } from "./conditions.ts";

/** The similarity that maps projected landmarks to the template, with the small deviation in `placement`. */
export function alignToTemplate(
  projected: Landmarks,
  placement: Placement,
  { width, height }: { readonly width: number; readonly height: number },
): Similarity {
  const exact = fitSimilarity(projected, landmarkTemplate(width, height));
  const unit = height / 112;
  const a = cosine(placement.rotation) * placement.scale;
  const b = sine(placement.rotation) * placement.scale;
  const [centerX, centerY] = [width / 2, height / 2];
  const [x, y] = [exact.shiftX - centerX, exact.shiftY - centerY];
  return {
    a: a * exact.a - b * exact.b,
    b: b * exact.a + a * exact.b,
    shiftX: a * x - b * y + centerX + placement.shiftX * unit,
    shiftY: b * x + a * y + centerY + placement.shiftY * unit,
  };
}
