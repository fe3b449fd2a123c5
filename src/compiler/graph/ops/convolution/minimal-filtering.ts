/**
 * Winograd's minimal filtering of a line: a tile of some outputs takes one multiplication for each slot of its
 * transform, fewer than outputs times taps (Winograd 1980; for networks Lavin & Gray, CVPR 2016). With d the pixels
 * that a tile sees and g the kernel,
 *
 *   y = Aᵀ[(G g) ⊙ (Bᵀ d)].
 *
 * Filtering is the transpose of multiplying polynomials, and the matrices are those of Toom and Cook: multiply values
 * at some points instead of coefficients. Values at points beyond ±1 cost accuracy: with ±2, errors in two directions
 * are about 10⁻⁵ of the largest output, where the direct sum has 10⁻⁶ to 10⁻⁷.
 *
 * A line of stride 2 is the sum of two of stride 1: even pixels meet the first and the last of three taps, odd pixels
 * the one between.
 */

/** Rows of numbers. */
export type Matrix = readonly (readonly number[])[];

/** How the tiles of a line are filtered by 3 taps. */
export type Filtering = {
  /** Outputs of a tile. */
  readonly outputs: number;
  /** Pixels from a tile to the next. */
  readonly step: number;
  /** Bᵀ: pixels that a tile sees → slots. */
  readonly fromPixels: Matrix;
  /** G: taps → slots. */
  readonly fromTaps: Matrix;
  /** A: outputs → slots. */
  readonly fromOutputs: Matrix;
};

/** Finite points, taken in this order; infinity comes last. */
const POINTS = [0, 1, -1, 2, -2];

/** Filtering by 3 taps at stride 1 or 2. */
export function filtering(outputs: number, stride: number): Filtering {
  return stride === 1 ? minimalFiltering(outputs, 3) : halvingFiltering(outputs);
}

/** F(outputs, taps) by Toom and Cook. */
function minimalFiltering(outputs: number, taps: number): Filtering {
  const slots = outputs + taps - 1;
  const points = POINTS.slice(0, slots - 1);
  const others = points.map((point) => points.filter((other) => other !== point));
  return {
    outputs,
    step: outputs,
    fromPixels: [...others, points].map((roots) => filled(coefficients(roots), slots)),
    fromTaps: [
      ...points.map((point) => {
        const scale = points.reduce((product, other) => (other === point ? product : product * (point - other)), 1);
        return powers(point, taps).map((power) => power / scale);
      }),
      unit(taps - 1, taps),
    ],
    fromOutputs: [...points.map((point) => powers(point, outputs)), unit(outputs - 1, outputs)],
  };
}

/** Three taps at stride 2: slots of the even pixels, then one for each odd pixel. */
function halvingFiltering(outputs: number): Filtering {
  const even = minimalFiltering(outputs, 2);
  const reach = 2 * outputs + 1;
  const odd = Array.from({ length: outputs }, (_, i) => i);
  return {
    outputs,
    step: 2 * outputs,
    fromPixels: [
      ...even.fromPixels.map((row) => spread(row).slice(0, reach)),
      ...odd.map((i) => unit(2 * i + 1, reach)),
    ],
    fromTaps: [...even.fromTaps.map((row) => spread(row).slice(0, 3)), ...odd.map(() => [0, 1, 0])],
    fromOutputs: [...even.fromOutputs, ...odd.map((i) => unit(i, outputs))],
  };
}

/** Of the polynomial with these roots, from the constant up. */
function coefficients(roots: readonly number[]): number[] {
  let product = [1];
  for (const root of roots) product = [0, ...product].map((shifted, i) => shifted - root * (product[i] ?? 0));
  return product;
}

/** A zero behind each element. */
const spread = (row: readonly number[]) => row.flatMap((element) => [element, 0]);
const powers = (base: number, count: number) => Array.from({ length: count }, (_, exponent) => base ** exponent);
const unit = (index: number, length: number) => Array.from({ length }, (_, i) => (i === index ? 1 : 0));
const filled = (row: readonly number[], length: number) => [...row, ...Array(length - row.length).fill(0)];
