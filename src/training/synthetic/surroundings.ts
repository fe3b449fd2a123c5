import { bump, type Color, clamp, coverage, hashUnit, mix, mixColor, planeNoise, smoothstep } from "./arithmetic.ts";
import { fromScreen } from "./colors.ts";
import type { Background, Styling } from "./conditions.ts";
import type { Identity } from "./identity.ts";
import { coverShaded, type Paint } from "./paint.ts";

/** An image in linear light: red, green, blue, row by row. */
export type Canvas = { readonly width: number; readonly height: number; readonly data: Float32Array };

/** An empty canvas. */
export function createCanvas(width: number, height: number): Canvas {
  return { width, height, data: new Float32Array(3 * width * height) };
}

const PLAIN = fromScreen(150, 150, 152);

/** Fills a canvas with a gradient and a few soft shapes. */
export function drawBackground(canvas: Canvas, { seed, variety }: Background): void {
  const { width, height, data } = canvas;
  const pick = (n: number): number => hashUnit(n, 1, seed);
  const anyColor = (n: number): Color => {
    // Mostly gray, like rooms and streets.
    const gray = 30 + 200 * pick(n);
    const tint = (k: number): number => clamp(gray + 90 * (pick(n + k) - 0.5), 0, 255);
    return mixColor(PLAIN, fromScreen(tint(1), tint(2), tint(3)), variety);
  };
  const top = anyColor(0);
  const bottom = anyColor(4);
  const size = Math.max(width, height);
  const shapes: Shape[] = Array.from({ length: 5 }, (_, i) => {
    const n = 10 + 10 * i;
    return {
      x: width * pick(n),
      y: height * pick(n + 1),
      radiusX: size * (0.08 + 0.4 * pick(n + 2)),
      radiusY: size * (0.08 + 0.4 * pick(n + 3)),
      isBox: pick(n + 4) < 0.5,
      strength: variety * (0.3 + 0.6 * pick(n + 5)),
      color: anyColor(n + 6),
    };
  });
  for (let y = 0; y < height; y++) {
    const t = (y + 0.5) / height;
    const row = data.subarray(3 * y * width, 3 * (y + 1) * width);
    for (let x = 0; x < row.length; x += 3) {
      row[x] = mix(top[0], bottom[0], t);
      row[x + 1] = mix(top[1], bottom[1], t);
      row[x + 2] = mix(top[2], bottom[2], t);
    }
    for (const shape of shapes) drawShape(row, shape, (y - shape.y) / shape.radiusY);
  }
}

/** A soft spot or a box in the background; lengths in pixels. */
type Shape = {
  readonly x: number;
  readonly y: number;
  readonly radiusX: number;
  readonly radiusY: number;
  readonly isBox: boolean;
  readonly strength: number;
  readonly color: Color;
};

/** Draws one row of a shape, `v` radii from its middle. */
function drawShape(row: Float32Array, shape: Shape, v: number): void {
  const width = row.length / 3;
  if (v > 1.05 || v < -1.05) return;
  const first = clamp(Math.floor(shape.x - 1.05 * shape.radiusX), 0, width);
  const end = clamp(Math.ceil(shape.x + 1.05 * shape.radiusX), 0, width);
  const [red, green, blue] = shape.color;
  for (let x = first; x < end; x++) {
    const u = (x - shape.x) / shape.radiusX;
    const inside = shape.isBox ? smoothstep(1.04, 0.96, Math.max(u < 0 ? -u : u, v < 0 ? -v : v)) : bump(u * u + v * v);
    const amount = inside * shape.strength;
    row[3 * x]! += (red - row[3 * x]!) * amount;
    row[3 * x + 1]! += (green - row[3 * x + 1]!) * amount;
    row[3 * x + 2]! += (blue - row[3 * x + 2]!) * amount;
  }
}

/** Neck and clothes, upright below the head: flat shapes with rounded shading. */
export class Body {
  readonly #neck: number;
  readonly #skin: Color;
  readonly #cloth: Color;
  readonly #collar: number;
  readonly #seed: number;

  constructor(identity: Identity, { wardrobe }: Styling, skin: Color) {
    const pick = (n: number): number => hashUnit(n, 2, wardrobe);
    this.#neck = identity.neckWidth;
    this.#skin = skin;
    this.#cloth = fromScreen(25 + 215 * pick(1), 25 + 215 * pick(2), 25 + 215 * pick(3));
    this.#collar = 13.2 + 2.5 * pick(4);
    this.#seed = wardrobe;
  }

  /** Draws over the pixel at a point of the image plane (cm, y down). */
  draw(planeX: number, planeY: number, edge: number, pixel: Paint): void {
    if (planeY < 2) return;
    const across = planeX < 0 ? -planeX : planeX;
    const half = this.#neck + 0.07 * clamp(planeY - 9, 0, 6) * clamp(planeY - 9, 0, 6);
    const round = clamp(planeX / half, -1, 1);
    const neckShade = (0.75 * Math.sqrt(1 - round * round) + 0.2) * (0.42 + 0.4 * smoothstep(8.5, 15, planeY));
    coverShaded(pixel, this.#skin, neckShade, coverage(Math.min(half - across, 18 - planeY), edge));
    const neckline = this.#collar - 0.16 * Math.min(across, 6) * across * 0.35;
    const shoulder = planeY - Math.max(neckline, 11.5 + 0.025 * across * across - (across < half ? 2 : 0));
    const fold = 0.75 + 0.35 * planeNoise(planeX * 0.35, planeY * 0.25, this.#seed);
    const side = 1 - 0.0011 * across * across;
    coverShaded(
      pixel,
      this.#cloth,
      0.85 * fold * clamp(side, 0.35, 1),
      coverage(Math.min(shoulder, 19 + 0.12 * planeY - across), edge),
    );
  }
}
