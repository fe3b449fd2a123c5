import { bump, type Color, clamp, coverage, hashUnit, lineNoise, mix, planeNoise, smoothstep } from "./arithmetic.ts";
import { fromScreen, hairColor } from "./colors.ts";
import type { Styling } from "./conditions.ts";
import { Ellipsoid } from "./ellipsoid.ts";
import type { Identity } from "./identity.ts";
import type { Paint } from "./paint.ts";

/** A point in head coordinates, cm. */
type SurfacePoint = { readonly x: number; readonly y: number; readonly z: number };

/** Hair: a shell around the head, bounded by a hairline; long hair adds an ellipsoid behind the head. */
export class Hair {
  /** Size of the shell relative to the head, along x and z, and along y. */
  readonly growX: number;
  readonly growY: number;
  /** Long hair behind the head. */
  readonly back: Ellipsoid | undefined;
  readonly isHat: boolean;
  readonly coversEars: boolean;
  /** Largest distance of visible hair from its border over bare skin, cm. */
  readonly reach: number;
  readonly #identity: Identity;
  readonly #color: Color;
  readonly #swing: number;
  readonly #opacity: number;
  readonly #length: number;

  constructor(identity: Identity, styling: Styling) {
    this.#length = identity.hairLength * (1 + 0.25 * styling.hairVolume);
    // Long hair stands off the head even when it is thin.
    const least = clamp(0.2 * this.#length, 0.05, 0.9);
    const thickness = Math.max(least, identity.hairThickness * (1 + 0.6 * styling.hairVolume));
    this.isHat = styling.occlusion === "hat";
    this.#identity = identity;
    this.#color = this.isHat ? hatColor(styling.wardrobe) : hairColor(identity, styling.hairTone);
    this.#swing = identity.hairPart + 0.7 * styling.hairSwing;
    this.#opacity = this.isHat ? 1 : 0.35 + 0.65 * smoothstep(0.1, 0.35, thickness);
    this.growX = 1 + (this.isHat ? 0.9 : 0.8 * thickness) / 8;
    this.growY = 1 + (this.isHat ? 1.4 : 1.3 * thickness) / 11.5;
    this.reach = 0.6 + 12 * Math.max(this.growX - 1, this.growY - 1);
    this.coversEars = this.#length > SHORT;
    if (this.coversEars) {
      const width = 7.6 + 0.9 * thickness + 0.1 * this.#length;
      this.back = new Ellipsoid([0, (CROWN - this.#length) / 2, -3], [width, (CROWN + this.#length) / 2, 6]);
    }
  }

  /** Distance of a point of the head's surface inside the border of the hair, cm; negative on bare skin. */
  inside({ x, y, z }: SurfacePoint): number {
    if (this.isHat) return y - 5.2 + 0.06 * (z - 8);
    const isLong = this.coversEars;
    const besideFace = (isLong ? 4.2 : 3.4) - z - 0.25 * (y > 0 ? 0 : y);
    if (y < 0 && besideFace < -2) return besideFace;
    const { hairline, hairRecession, widowsPeak, fringe, browHeight, hairCurl, detailSeed } = this.#identity;
    const across = x < 0 ? -x : x;
    const swing = this.#swing;
    let line = hairline - widowsPeak * bump(x * x * 0.35) + hairRecession * bump((across - 3.6) * (across - 3.6) * 0.2);
    if (fringe > 0.02) {
      const side = (x - 1.6 * swing) / 5.4;
      const ragged = 0.8 * (lineNoise(x * 1.3 + 40, detailSeed) - 0.5);
      const low = browHeight + 0.7 + ragged + 0.28 * swing * x;
      line = mix(line, Math.min(line, low), fringe * smoothstep(1.1, 0.7, side < 0 ? -side : side));
    } else {
      line += 0.1 * swing * x;
    }
    if (hairCurl > 0.3) line += 0.5 * hairCurl * (lineNoise(x * 1.1 + 9, detailSeed + 3) - 0.5);
    const front = y - line;
    const border = Math.max(front, besideFace);
    // Short hair ends in sideburns before the ear and lower behind it.
    const bottom = isLong ? y + this.#length : y + 1 + (z < 0 ? -0.8 * z : 0.2 * z);
    return Math.min(border, bottom);
  }

  /** Share of a pixel covered by hair at a point of the shell. */
  covered(point: SurfacePoint, edge: number): number {
    return this.#opacity * coverage(this.inside(point), Math.max(edge, this.isHat ? 0.05 : 0.3));
  }

  /** Sets the paint to the hair's color at a point, with strands. */
  paint(x: number, y: number, z: number, paint: Paint): void {
    const { hairCurl, detailSeed } = this.#identity;
    const around = x + (x < 0 ? z : -z) * 0.6;
    const lean = 0.12 * (y - 6) * this.#swing;
    const straight = planeNoise((around + lean) * 2.6, y * 0.28, detailSeed + 11);
    const curly = planeNoise(around * 2.4, y * 2.4, detailSeed + 13);
    const strands = this.isHat
      ? 0.5 + 0.3 * Math.abs(2 * (around * 2 - Math.round(around * 2)))
      : mix(straight, curly, hairCurl);
    const brightness = 0.65 + 0.7 * strands;
    paint[0] = this.#color[0] * brightness;
    paint[1] = this.#color[1] * brightness;
    paint[2] = this.#color[2] * brightness;
  }

  /** Gloss of the hair; lower for curls, which scatter light. */
  get gloss(): number {
    return this.isHat ? 0.02 : 0.16 * (1 - 0.7 * this.#identity.hairCurl);
  }

  /**
   * Share of the light that the hair takes from skin at the distance `inside` (negative: outside) of its border, cm.
   */
  shadow(inside: number): number {
    return inside < -1.3 ? 0 : 0.4 * this.#opacity * smoothstep(-1.3, 0, inside);
  }
}

/** Hair longer than this, cm below the eye line, hides the ears and falls behind the face. */
const SHORT = 3;
const CROWN = 10.5;

function hatColor(wardrobe: number): Color {
  return fromScreen(
    30 + 180 * hashUnit(1, 5, wardrobe),
    30 + 160 * hashUnit(2, 5, wardrobe),
    30 + 180 * hashUnit(3, 5, wardrobe),
  );
}
