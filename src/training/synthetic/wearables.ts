import { type Color, clamp, coverage, hashUnit, lineCoverage, planeNoise, smoothstep } from "./arithmetic.ts";
import { fromScreen } from "./colors.ts";
import type { Styling } from "./conditions.ts";
import type { Head } from "./head.ts";
import type { Identity } from "./identity.ts";
import { cover, coverShaded, type Paint, type Spot } from "./paint.ts";
import type { Ray } from "./ray.ts";

const GLINT = fromScreen(240, 246, 255);

/** Glasses: a front in a plane before the eyes, and two arms that reach back to the ears. */
export class Glasses {
  readonly #planeZ: number;
  readonly #armX: number;
  readonly #lensX: number;
  readonly #halfWidth: number;
  readonly #halfHeight: number;
  readonly #corner: number;
  readonly #frame: number;
  readonly #color: Color;
  readonly #tint: number;
  readonly #glint: number;

  constructor(identity: Identity, styling: Styling, head: Head) {
    const pick = (n: number): number => hashUnit(n, 3, styling.wardrobe);
    const dark = styling.occlusion === "sunglasses";
    this.#planeZ = head.front(identity.eyeSpacing, 0.2)[2] + 1.1;
    this.#armX = identity.cheekWidth * 1.02;
    this.#halfWidth = 2.2 + 0.5 * pick(1) + (dark ? 0.3 : 0);
    this.#halfHeight = 1.45 + 0.75 * pick(2) + (dark ? 0.2 : 0);
    this.#lensX = Math.max(identity.eyeSpacing + 0.1, this.#halfWidth + 0.5);
    this.#corner = this.#halfHeight * (0.35 + 0.6 * pick(3));
    this.#frame = 0.1 + 0.22 * pick(4);
    this.#color = fromScreen(20 + 110 * pick(5) * pick(5), 18 + 70 * pick(6) * pick(6), 18 + 70 * pick(7) * pick(7));
    this.#tint = dark ? 0.9 : 0.05;
    this.#glint = 0.05 + 0.2 * pick(8);
  }

  /** Draws the parts before `depth` (a ray parameter) over the pixel of a ray. */
  draw(ray: Ray, depth: number, pixel: Paint): void {
    const edge = ray.footprint;
    this.#drawArm(ray, depth, edge, ray.x < 0 ? this.#armX : -this.#armX, pixel);
    const t = (this.#planeZ - ray.originZ) / ray.z;
    const x = ray.originX + t * ray.x;
    const y = ray.originY + t * ray.y;
    const across = x < 0 ? -x : x;
    if (across > this.#armX + 1 || y > 3 || y < -3.5) return;
    const outX = Math.abs(across - this.#lensX) - this.#halfWidth + this.#corner;
    const outY = Math.abs(y + 0.15) - this.#halfHeight + this.#corner;
    const beyondX = Math.max(outX, 0);
    const beyondY = Math.max(outY, 0);
    const border = Math.sqrt(beyondX * beyondX + beyondY * beyondY) + Math.min(Math.max(outX, outY), 0) - this.#corner;
    const lens = coverage(-border, edge);
    if (lens > 0) {
      cover(pixel, this.#color, lens * this.#tint);
      const stripe = x * 0.8 + y;
      cover(pixel, GLINT, lens * this.#glint * smoothstep(0.9, 0.2, Math.abs(stripe - (x < 0 ? -2.2 : 3.2))));
    }
    let frame = lineCoverage(border, this.#frame, edge);
    if (across < this.#lensX - this.#halfWidth) frame = Math.max(frame, lineCoverage(y - 0.5, this.#frame, edge));
    const hinge = across - this.#lensX - this.#halfWidth;
    if (hinge > 0 && across < this.#armX) frame = Math.max(frame, lineCoverage(y - 0.6, this.#frame, edge));
    cover(pixel, this.#color, frame);
  }

  /** The arm on the visible side: a strip in the plane x = ± `side`. */
  #drawArm(ray: Ray, depth: number, edge: number, side: number, pixel: Paint): void {
    if (ray.x < 0.02 && ray.x > -0.02) return;
    const t = (side - ray.originX) / ray.x;
    if (t > depth + 0.6) return;
    const z = ray.originZ + t * ray.z;
    if (z > this.#planeZ || z < -0.5) return;
    cover(pixel, this.#color, lineCoverage(ray.originY + t * ray.y - 0.6, this.#frame, edge));
  }
}

/** A cloth mask over mouth and nose, painted onto the head. */
export class ClothMask {
  readonly #color: Color;
  readonly #top: number;

  constructor(identity: Identity, { wardrobe }: Styling) {
    const pick = (n: number): number => hashUnit(n, 9, wardrobe);
    this.#color = fromScreen(90 + 150 * pick(1), 110 + 130 * pick(2), 120 + 130 * pick(3));
    this.#top = -identity.noseLength * 0.62;
  }

  /** Covers the paint of a point of the face. */
  paint({ x, y, z, edge }: Spot, paint: Paint): void {
    if (z < 0.5) return;
    const across = x < 0 ? -x : x;
    const fold = (y + 4) / 1.3;
    const pleat = 1 - 0.18 * smoothstep(0.16, 0, Math.abs(fold - Math.round(fold))) * smoothstep(6, 4, across);
    const top = this.#top - 0.045 * x * x - y;
    coverShaded(
      paint,
      this.#color,
      pleat,
      coverage(Math.min(top, y + 12.4 - 0.3 * across, z - 1), Math.max(edge, 0.1)),
    );
  }
}

/** An object between the camera and the face, such as a hand or a cup: a rounded bar that enters from one side. */
export class Obstacle {
  readonly #x: number;
  readonly #y: number;
  readonly #alongX: number;
  readonly #alongY: number;
  readonly #length: number;
  readonly #half: number;
  readonly #color: Color;
  readonly #seed: number;

  constructor({ wardrobe }: Styling) {
    const pick = (n: number): number => hashUnit(n, 17, wardrobe);
    const side = pick(1) < 0.5 ? -1 : 1;
    this.#x = side * (3 + 7 * pick(2));
    this.#y = 1 + 11 * pick(3);
    const slope = 1.6 * pick(4) - 0.4;
    const norm = Math.sqrt(1 + slope * slope);
    this.#alongX = side / norm;
    this.#alongY = slope / norm;
    this.#length = 30;
    this.#half = 1.5 + 2 * pick(5);
    this.#color = fromScreen(40 + 200 * pick(6), 30 + 170 * pick(7), 30 + 170 * pick(8));
    this.#seed = wardrobe;
  }

  /** Draws over the pixel at a point of the image plane (cm, y down). */
  draw(planeX: number, planeY: number, edge: number, pixel: Paint): void {
    const dx = planeX - this.#x;
    const dy = planeY - this.#y;
    const along = clamp(dx * this.#alongX + dy * this.#alongY, 0, this.#length);
    const restX = dx - along * this.#alongX;
    const restY = dy - along * this.#alongY;
    const away = Math.sqrt(restX * restX + restY * restY);
    const seen = coverage(this.#half - away, edge);
    if (seen === 0) return;
    const round = 1 - (away / this.#half) * (away / this.#half) * 0.55;
    const texture = 0.85 + 0.3 * planeNoise(planeX * 0.9, planeY * 0.9, this.#seed);
    coverShaded(pixel, this.#color, round * texture, seen);
  }
}
