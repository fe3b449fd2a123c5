import { clamp } from "./arithmetic.ts";
import type { HeadPoint } from "./camera.ts";
import type { Ray } from "./ray.ts";

/** An ellipsoid along the axes of the head: an ear, or hair behind the face. */
export class Ellipsoid {
  readonly center: HeadPoint;
  readonly #inverse: HeadPoint;
  /** The last intersection: covered share of the pixel, ray parameter, offset in radii, outward normal. */
  seen = 0.5;
  t = 0.5;
  u = 0.5;
  v = 0.5;
  w = 0.5;
  normalX = 0.5;
  normalY = 0.5;
  normalZ = 0.5;

  constructor(center: HeadPoint, radii: HeadPoint) {
    this.center = center;
    this.#inverse = [1 / radii[0], 1 / radii[1], 1 / radii[2]];
  }

  /** Intersects a ray with the ellipsoid. */
  intersect(ray: Ray): void {
    const ix = this.#inverse[0];
    const iy = this.#inverse[1];
    const iz = this.#inverse[2];
    const ox = (ray.originX - this.center[0]) * ix;
    const oy = (ray.originY - this.center[1]) * iy;
    const oz = (ray.originZ - this.center[2]) * iz;
    const dx = ray.x * ix;
    const dy = ray.y * iy;
    const dz = ray.z * iz;
    const a = dx * dx + dy * dy + dz * dz;
    const b = ox * dx + oy * dy + oz * dz;
    const c = ox * ox + oy * oy + oz * oz - 1;
    const under = b * b - a * c;
    const t = (-b - (under > 0 ? Math.sqrt(under) : 0)) / a;
    const u = ox + t * dx;
    const v = oy + t * dy;
    const w = oz + t * dz;
    const nx = u * ix;
    const ny = v * iy;
    const nz = w * iz;
    const steepness = Math.sqrt(nx * nx + ny * ny + nz * nz);
    this.t = t;
    this.u = u;
    this.v = v;
    this.w = w;
    this.normalX = nx / steepness;
    this.normalY = ny / steepness;
    this.normalZ = nz / steepness;
    this.seen = clamp(0.5 + under / a / (2 * steepness * ray.footprint), 0, 1);
  }
}
