/** Angle of a cosine in degrees; a cosine that rounding puts beyond ±1 counts as ±1. */
export function degreesOf(cosine: number): number {
  return (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
}

/**
 * Counts of angles in bins of equal width from 0° to 180°. An angle on an edge belongs to the bin above it; 180° to
 * the last bin.
 */
export type AngleHistogram = { readonly binDegrees: number; readonly counts: Float64Array };

/** An empty histogram; `binDegrees` divides 180. */
export function emptyHistogram(binDegrees: number): AngleHistogram {
  return { binDegrees, counts: new Float64Array(Math.round(180 / binDegrees)) };
}

/** Adds an angle to the histogram. */
export function countAngle({ binDegrees, counts }: AngleHistogram, degrees: number): void {
  counts[Math.min(counts.length - 1, Math.floor(degrees / binDegrees))]! += 1;
}

/** Mean of numbers. */
export function mean(values: Iterable<number> & ArrayLike<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
