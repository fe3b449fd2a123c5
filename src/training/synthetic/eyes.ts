import { bump, type Color, clamp, coverage, lineCoverage, mix, smoothstep } from "./arithmetic.ts";
import { fromScreen, irisColor } from "./colors.ts";
import type { Expression } from "./conditions.ts";
import type { Identity } from "./identity.ts";
import { cover, coverShaded, darken, type Paint, type Spot } from "./paint.ts";

const SCLERA = fromScreen(238, 232, 226);
const PUPIL = fromScreen(14, 12, 12);
const LASH = fromScreen(30, 22, 20);
const GLINT = fromScreen(255, 255, 255);

/** Draws both eyes: lids, lashes, white, iris, pupil and a glint. */
export class Eyes {
  readonly #identity: Identity;
  readonly #expression: Expression;
  readonly #iris: Color;
  /** Depth of the opening below the eye line relative to its height above. */
  readonly #lowerShare = 0.62;

  constructor(identity: Identity, expression: Expression) {
    this.#identity = identity;
    this.#expression = expression;
    this.#iris = irisColor(identity);
  }

  /** Adds the color of the eyes to the paint of a point of the face. */
  paint({ x, y, edge }: Spot, paint: Paint): void {
    if (y > 2.2 || y < -2.4) return;
    const { eyeSpacing, eyeWidth, eyeTilt } = this.#identity;
    const outward = (x < 0 ? -x : x) - eyeSpacing;
    const u = outward / eyeWidth;
    const height = y - eyeTilt * outward;
    if (u < -1.5 || u > 1.5 || height < -2 || height > 1.6) return;

    const { eyeOpening, eyeSkew, lidCrease, eyeBags, lashes } = this.#identity;
    const { eyeClosure, smile, browRaise, gazeX, gazeY } = this.#expression;
    const arch = clamp(1 - u * u, 0, 1);
    const open = eyeOpening * (1 + 0.18 * browRaise - 0.12 * Math.max(0, smile));
    const lower = -open * this.#lowerShare * arch * (1 - 0.25 * eyeSkew * u) * (1 - 0.25 * Math.max(0, smile));
    const upperOpen = open * arch * (1 + 0.4 * eyeSkew * u);
    const upper = mix(upperOpen, lower, eyeClosure * 0.96);

    const bag = -open * this.#lowerShare - 0.42;
    darken(paint, 0.3 * eyeBags * bump(u * u * 0.7 + (height - bag) * (height - bag) * 5));
    const crease = upperOpen * (1 + 0.25 * eyeClosure) + lidCrease * (0.6 + 0.4 * arch);
    darken(paint, 0.5 * lineCoverage(height - crease, 0.05, edge) * smoothstep(1.15, 0.8, u < 0 ? -u : u));

    const within = Math.min(upper - height, height - lower, (1 - (u < 0 ? -u : u)) * eyeWidth);
    const seen = coverage(within, edge);
    if (seen > 0) {
      coverShaded(paint, SCLERA, 0.55 + 0.45 * smoothstep(0, 0.35, upper - height) * (1 - 0.3 * u * u), seen);
      this.#paintIris(x - (x < 0 ? -eyeSpacing : eyeSpacing) - 0.34 * gazeX, height - 0.12 * gazeY, edge, seen, paint);
    }

    const lash = lineCoverage(height - upper, 0.05 + 0.07 * lashes, edge) * smoothstep(1.25, 1, u < 0 ? -u : u);
    cover(paint, LASH, lash * (0.45 + 0.55 * lashes));
    darken(paint, 0.35 * lineCoverage(height - lower, 0.05, edge) * smoothstep(1.1, 0.9, u < 0 ? -u : u));
  }

  #paintIris(x: number, y: number, edge: number, seen: number, paint: Paint): void {
    const radius = this.#identity.irisRadius;
    const center = y - 0.04;
    const distance = Math.sqrt(x * x + center * center);
    const disk = coverage(radius - distance, edge) * seen;
    if (disk === 0) return;
    const rim = smoothstep(radius * 0.72, radius, distance);
    const below = 1 + 0.35 * clamp(-center / radius, -1, 1);
    coverShaded(paint, this.#iris, (1 - 0.65 * rim) * below, disk);
    cover(paint, PUPIL, coverage(radius * 0.45 - distance, edge) * seen);
    const glintX = x + radius * 0.3;
    const glintY = center - radius * 0.34;
    cover(paint, GLINT, 0.9 * coverage(radius * 0.2 - Math.sqrt(glintX * glintX + glintY * glintY), edge) * seen);
  }
}
