import { bump, clamp, mix, smoothstep } from "./arithmetic.ts";
import type { Expression } from "./conditions.ts";
import type { Identity } from "./identity.ts";

/** Measures of a face under an expression, in cm: an open mouth lowers the chin, a smile widens the mouth. */
export type FaceMeasures = {
  readonly chin: number;
  readonly mouthY: number;
  readonly mouthWidth: number;
  readonly mouthCornerY: number;
};

/** Measures of a person's face under an expression. */
export function faceMeasures(identity: Identity, { mouthOpen, smile }: Expression): FaceMeasures {
  return {
    chin: -identity.chinDrop - 0.7 * mouthOpen,
    mouthY: -identity.mouthDrop - identity.mouthCurve - 0.1 * smile - 0.25 * mouthOpen,
    mouthWidth: identity.mouthWidth + 0.4 * smile - 0.25 * mouthOpen,
    mouthCornerY: -identity.mouthDrop + 0.35 * smile - 0.3 * mouthOpen,
  };
}

/** The profile is a table over the height y, in rows of `PROFILE_FIELDS` numbers. */
export const PROFILE_LOW = -15;
export const PROFILE_ROWS_PER_CM = 8;
export const PROFILE_ROWS = 30 * PROFILE_ROWS_PER_CM + 1;
/** 1/w², its derivative, 1/c², its derivative, g, its first and second derivative. */
export const PROFILE_FIELDS = 7;

const CROWN = 11.5;

/** Tabulates half width w, depth c and closing term g of a head over its height. */
export function headProfile(identity: Identity, chin: number): Float64Array {
  const widths: Knots = [
    [-15, identity.chinWidth * 0.85],
    [chin + 0.8, identity.chinWidth],
    [-7, identity.jawWidth],
    [-1.5, identity.cheekWidth],
    [5, identity.foreheadWidth],
    [15, identity.foreheadWidth + 0.3],
  ];
  const depths: Knots = [
    [-15, 8.6],
    [-8, 8.8],
    [0, 8.9],
    [5, 9.3],
    [15, 9.3],
  ];
  const table = new Float64Array(PROFILE_ROWS * PROFILE_FIELDS);
  for (let row = 0; row < PROFILE_ROWS; row++) {
    const y = PROFILE_LOW + row / PROFILE_ROWS_PER_CM;
    const at = row * PROFILE_FIELDS;
    const w = interpolate(widths, y);
    const c = interpolate(depths, y);
    const step = 1 / PROFILE_ROWS_PER_CM;
    table[at] = 1 / (w * w);
    table[at + 1] = (-2 * (interpolate(widths, y + step) - interpolate(widths, y - step))) / (2 * step * w * w * w);
    table[at + 2] = 1 / (c * c);
    table[at + 3] = (-2 * (interpolate(depths, y + step) - interpolate(depths, y - step))) / (2 * step * c * c * c);
    if (y < 0) {
      const r = y / chin;
      const cube = r * r * r;
      table[at + 4] = cube * r * r;
      table[at + 5] = (5 * cube * r) / chin;
      table[at + 6] = (20 * cube) / (chin * chin);
    } else {
      const r = y / CROWN;
      table[at + 4] = r * r * r * r;
      table[at + 5] = (4 * r * r * r) / CROWN;
      table[at + 6] = (12 * r * r) / (CROWN * CROWN);
    }
  }
  return table;
}

/** The relief is a grid with `RELIEF_FIELDS` numbers at every fifth of a centimeter of the right half of the face. */
export const RELIEF_STEP = 0.2;
export const RELIEF_LOW = -14;
export const RELIEF_COLUMNS = 46;
export const RELIEF_ROWS = 101;
/** Height over the smooth head in cm, its slope along x and along y. */
export const RELIEF_FIELDS = 3;

/** Tabulates the relief of a face and its slopes. */
export function headRelief(identity: Identity, measures: FaceMeasures, smile: number): Float64Array {
  const list = bulges(identity, measures, smile);
  const heights = new Float64Array(RELIEF_ROWS * RELIEF_COLUMNS);
  for (const [centerX, centerY, radiusX, radiusY, height] of list) {
    const firstRow = Math.max(0, Math.ceil((centerY - radiusY - RELIEF_LOW) / RELIEF_STEP));
    const lastRow = Math.min(RELIEF_ROWS - 1, Math.floor((centerY + radiusY - RELIEF_LOW) / RELIEF_STEP));
    for (let row = firstRow; row <= lastRow; row++) {
      const v = (RELIEF_LOW + row * RELIEF_STEP - centerY) / radiusY;
      for (let column = 0; column < RELIEF_COLUMNS; column++) {
        const u = (column * RELIEF_STEP - centerX) / radiusX;
        heights[row * RELIEF_COLUMNS + column]! += height * bump(u * u + v * v);
      }
    }
  }
  for (let row = 0; row < RELIEF_ROWS; row++) {
    const y = RELIEF_LOW + row * RELIEF_STEP;
    const ridge = noseRidge(identity, y);
    if (ridge === 0) continue;
    const half = noseHalfWidth(identity, y);
    for (let column = 0; column < RELIEF_COLUMNS; column++) {
      const u = (column * RELIEF_STEP) / half;
      heights[row * RELIEF_COLUMNS + column]! += ridge * bump(u * u);
    }
  }
  return withSlopes(heights);
}

/** Distance from the tip of the nose down to the lip, cm. */
const NOSE_UNDERSIDE = 1.0;
const NOSE_ROOT = 1.2;

/** Height of the nose's ridge: from the root between the brows to the tip, then steeply back to the lip. */
function noseRidge(identity: Identity, y: number): number {
  const tip = -identity.noseLength;
  if (y >= NOSE_ROOT || y <= tip - NOSE_UNDERSIDE) return 0;
  if (y < tip) {
    const u = (tip - y) / NOSE_UNDERSIDE;
    return identity.noseHeight * (1 - u * u);
  }
  const s = clamp((0.2 - y) / (0.2 - tip), 0, 1);
  const profile = identity.bridgeHeight + (identity.noseHeight - identity.bridgeHeight) * s * mix(s, 1, 0.35);
  return (profile + identity.noseHump * 1.4 * s * s * (1 - s)) * smoothstep(NOSE_ROOT, 0, y);
}

function noseHalfWidth(identity: Identity, y: number): number {
  return mix(identity.bridgeWidth, identity.noseWidth * 0.95, smoothstep(-0.8, -identity.noseLength, y));
}

/** Center x and y, radius along x and y, and height, in cm; mirrored to the other half of the face. */
type Bulge = readonly [x: number, y: number, radiusX: number, radiusY: number, height: number];

function bulges(identity: Identity, { chin, mouthY, mouthWidth }: FaceMeasures, smile: number): Bulge[] {
  const { eyeSpacing, eyeDepth, noseLength, noseWidth, browHeight } = identity;
  return [
    [eyeSpacing - 0.3, 0.1, 2.3, 1.7, -eyeDepth],
    [eyeSpacing, 0, 1.5, 1.1, 0.42],
    [eyeSpacing - 0.4, browHeight + 0.1, 2.9, 1.2, 0.2 + 0.4 * eyeDepth],
    [4.4, -2.9, 2.8, 2.6, identity.cheekbones],
    [3.6, -4.9, 2.2, 2.2, 0.45 * Math.max(0, smile)],
    [noseWidth * 0.72, -noseLength - 0.3, noseWidth * 0.42, 0.68, 0.75],
    [0, mouthY + 0.45, mouthWidth * 0.95, 0.75, 0.3 + 0.3 * identity.upperLip],
    [0, mouthY - 0.6, mouthWidth * 0.8, 0.8, 0.25 + 0.35 * identity.lowerLip],
    [0, mouthY - 1.75, 1.9, 0.7, -0.3],
    [0, chin + 1.7, 2.1, 1.6, identity.chinProminence],
  ];
}

function withSlopes(heights: Float64Array): Float64Array {
  const grid = new Float64Array(heights.length * RELIEF_FIELDS);
  const height = (row: number, column: number): number =>
    heights[clamp(row, 0, RELIEF_ROWS - 1) * RELIEF_COLUMNS + Math.min(Math.abs(column), RELIEF_COLUMNS - 1)]!;
  for (let row = 0; row < RELIEF_ROWS; row++) {
    for (let column = 0; column < RELIEF_COLUMNS; column++) {
      const at = (row * RELIEF_COLUMNS + column) * RELIEF_FIELDS;
      grid[at] = height(row, column);
      grid[at + 1] = (height(row, column + 1) - height(row, column - 1)) / (2 * RELIEF_STEP);
      grid[at + 2] = (height(row + 1, column) - height(row - 1, column)) / (2 * RELIEF_STEP);
    }
  }
  return grid;
}

type Knots = readonly (readonly [at: number, value: number])[];

/** Cubic Hermite curve through the knots; the slope at a knot is that of the chord between its neighbors. */
function interpolate(knots: Knots, at: number): number {
  let i = 0;
  while (i < knots.length - 2 && at > knots[i + 1]![0]) i++;
  const start = knots[i]!;
  const end = knots[i + 1]!;
  const [x0, y0] = start;
  const [x1, y1] = end;
  const width = x1 - x0;
  const t = clamp((at - x0) / width, 0, 1);
  const before = knots[i - 1] ?? start;
  const after = knots[i + 2] ?? end;
  const slope0 = (y1 - before[1]) / (x1 - before[0]);
  const slope1 = (after[1] - y0) / (after[0] - x0);
  const rest = 1 - t;
  return y0 * rest * rest * (1 + 2 * t) + y1 * t * t * (3 - 2 * t) + width * t * rest * (slope0 * rest - slope1 * t);
}
