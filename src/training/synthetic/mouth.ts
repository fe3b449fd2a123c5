import { bump, type Color, clamp, coverage, lineCoverage, smoothstep } from "./arithmetic.ts";
import { fromScreen, lipColor } from "./colors.ts";
import type { Expression } from "./conditions.ts";
import type { FaceMeasures } from "./head-shape.ts";
import type { Identity } from "./identity.ts";
import { cover, coverShaded, darken, type Paint, type Spot } from "./paint.ts";

const TEETH = fromScreen(236, 230, 218);
const HOLLOW = fromScreen(58, 16, 18);
const TONGUE = fromScreen(172, 84, 84);

/** Draws lips, and teeth and tongue when the mouth is open. */
export class Mouth {
  readonly #identity: Identity;
  readonly #measures: FaceMeasures;
  readonly #open: number;
  readonly #lips: Color;

  constructor(identity: Identity, { mouthOpen }: Expression, measures: FaceMeasures) {
    this.#identity = identity;
    this.#measures = measures;
    this.#open = mouthOpen;
    this.#lips = lipColor(identity);
  }

  /** Adds the color of the mouth to the paint of a point of the face. */
  paint({ x, y, edge }: Spot, paint: Paint): void {
    const { mouthY, mouthWidth, mouthCornerY } = this.#measures;
    const u = (x < 0 ? -x : x) / mouthWidth;
    if (u > 1.3 || y > mouthY + 1.8 || y < mouthY - 2.8) return;
    const { upperLip, lowerLip, cupidBow } = this.#identity;
    const arch = clamp(1 - u * u, 0, 1);
    const middle = mouthCornerY + (mouthY - mouthCornerY) * arch;
    const gap = this.#open * 1.25 * arch;
    const upperInner = middle + 0.2 * gap;
    const lowerInner = middle - 0.8 * gap;
    const bow = 1 - 0.5 * cupidBow * bump(u * u * 14) + 0.12 * cupidBow * bump((u - 0.27) * (u - 0.27) * 18);
    const upperOuter = upperInner + upperLip * bow * arch * (1.25 - 0.25 * arch);
    const lowerOuter = lowerInner - lowerLip * arch * (1.2 - 0.2 * arch);
    const side = (1 - u) * mouthWidth;

    const lip = coverage(Math.min(upperOuter - y, y - lowerOuter, side), edge);
    if (lip > 0) {
      const upward = y > (upperInner + lowerInner) / 2;
      const swell = (y - lowerInner + lowerLip * 0.45) / (0.5 * lowerLip);
      const round = upward ? 0.86 : 1.04 + 0.14 * bump(swell * swell);
      coverShaded(paint, this.#lips, round, 0.9 * lip);
    }
    if (gap > 0.05) this.#paintInside(y, edge, upperInner, lowerInner, side, paint);
    const seam = lineCoverage(y - (gap > 0.1 ? upperInner : middle), 0.055, edge) * smoothstep(-0.3, 0.25, side);
    cover(paint, HOLLOW, 0.75 * seam);
    const cornerX = x < 0 ? x + mouthWidth : x - mouthWidth;
    const cornerY = y - mouthCornerY;
    darken(paint, 0.4 * bump((cornerX * cornerX + cornerY * cornerY) * 6));
  }

  #paintInside(y: number, edge: number, upperInner: number, lowerInner: number, side: number, paint: Paint): void {
    const inside = coverage(Math.min(upperInner - y, y - lowerInner, side), edge);
    if (inside === 0) return;
    cover(paint, HOLLOW, inside);
    cover(
      paint,
      TONGUE,
      inside * 0.7 * smoothstep(0.75, 0.2, y - lowerInner) * smoothstep(0.5, 1, upperInner - lowerInner),
    );
    cover(paint, TEETH, inside * coverage(0.42 - (upperInner - y), edge) * smoothstep(0.1, 0.9, side));
  }
}
