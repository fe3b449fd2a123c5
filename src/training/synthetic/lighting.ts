import type { Color } from "./arithmetic.ts";
import { cosine, sine } from "./arithmetic.ts";
import type { Camera } from "./camera.ts";
import type { Light } from "./conditions.ts";
import type { Paint } from "./paint.ts";

/** Outward unit normal of a surface in head coordinates. */
export type Normal = { readonly normalX: number; readonly normalY: number; readonly normalZ: number };

/** Reach of the light beyond the terminator: 0 is Lambert's law, a higher value is softer. */
const WRAP = 0.22;

/**
 * A key light from one direction and a soft ambient light, slightly stronger from above. Directions are in head
 * coordinates, like the normals.
 */
export class Lighting {
  readonly #key: readonly [number, number, number];
  readonly #half: readonly [number, number, number];
  readonly #up: readonly [number, number, number];
  readonly #keyColor: Color;
  readonly #softColor: Color;

  constructor({ azimuth, elevation, strength, ambient, warmth }: Light, camera: Camera) {
    const right = sine(azimuth) * cosine(elevation);
    const up = sine(elevation);
    const toward = cosine(azimuth) * cosine(elevation);
    this.#key = camera.toHead(right, up, toward);
    const length = Math.sqrt(right * right + up * up + (toward + 1) * (toward + 1)) + 1e-9;
    this.#half = camera.toHead(right / length, up / length, (toward + 1) / length);
    this.#up = camera.toHead(0, 1, 0);
    const key = 0.78 * strength;
    this.#keyColor = [key * (1 + 0.22 * warmth), key, key * (1 - 0.28 * warmth)];
    const soft = 0.42 * ambient;
    this.#softColor = [soft * (1 - 0.1 * warmth), soft, soft * (1 + 0.12 * warmth)];
  }

  /** Multiplies a paint by the light on a surface, and adds gloss (0 matt to 1 wet). */
  shade(paint: Paint, surface: Normal, gloss: number): void {
    const { normalX: nx, normalY: ny, normalZ: nz } = surface;
    const key = this.#key;
    const up = this.#up;
    const half = this.#half;
    const facing = (nx * key[0] + ny * key[1] + nz * key[2] + WRAP) / (1 + WRAP);
    const lit = Math.max(facing, 0);
    const soft = 0.8 + 0.3 * (nx * up[0] + ny * up[1] + nz * up[2]);
    const mirror = nx * half[0] + ny * half[1] + nz * half[2];
    let shine = 0;
    if (mirror > 0) {
      const square = mirror * mirror;
      const fourth = square * square;
      shine = gloss * fourth * fourth * fourth * square * lit;
    }
    paint[0] = paint[0] * (lit * this.#keyColor[0] + soft * this.#softColor[0]) + shine * this.#keyColor[0];
    paint[1] = paint[1] * (lit * this.#keyColor[1] + soft * this.#softColor[1]) + shine * this.#keyColor[1];
    paint[2] = paint[2] * (lit * this.#keyColor[2] + soft * this.#softColor[2]) + shine * this.#keyColor[2];
  }
}
