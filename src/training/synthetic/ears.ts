import type { Point } from "../../base/image/index.ts";
import { type Color, coverage } from "./arithmetic.ts";
import type { Camera } from "./camera.ts";
import { Ellipsoid } from "./ellipsoid.ts";
import type { Identity } from "./identity.ts";
import type { Paint } from "./paint.ts";

/** Squared distance from the middle of an ear beyond which it is not visible, cm². */
const REACH = 5 * 5;

/** Both ears: flat ellipsoids beside the head, with a darker hollow. */
export class Ears {
  readonly #left: Ellipsoid;
  readonly #right: Ellipsoid;
  readonly #leftAt: Point;
  readonly #rightAt: Point;
  readonly #tone: Color;

  constructor(identity: Identity, tone: Color, camera: Camera) {
    this.#left = ear(identity, -1);
    this.#right = ear(identity, 1);
    this.#leftAt = camera.project(this.#left.center);
    this.#rightAt = camera.project(this.#right.center);
    this.#tone = tone;
  }

  /** The ear that may be visible at a point of the image plane. */
  near(planeX: number, planeY: number): Ellipsoid | undefined {
    if (isWithin(this.#leftAt, planeX, planeY)) return this.#left;
    return isWithin(this.#rightAt, planeX, planeY) ? this.#right : undefined;
  }

  /** Sets the paint to the color of an ear at its last intersection: redder than the face, dark in the hollow. */
  paint({ v, w }: Ellipsoid, paint: Paint): void {
    const hollow = 1 - 0.45 * coverage(0.55 - v * v - (w - 0.1) * (w - 0.1), 0.5);
    paint[0] = this.#tone[0] * hollow;
    paint[1] = this.#tone[1] * 0.88 * hollow;
    paint[2] = this.#tone[2] * 0.86 * hollow;
  }
}

function isWithin(center: Point, planeX: number, planeY: number): boolean {
  const dx = planeX - center[0];
  const dy = planeY - center[1];
  return dx * dx + dy * dy < REACH;
}

function ear({ earSize, earProtrusion, cheekWidth }: Identity, side: -1 | 1): Ellipsoid {
  return new Ellipsoid(
    [side * (cheekWidth + 0.1 + 0.5 * earProtrusion), -1.2, -0.6],
    [0.55 + 0.6 * earProtrusion, 3 * earSize, 1.7 * earSize],
  );
}
