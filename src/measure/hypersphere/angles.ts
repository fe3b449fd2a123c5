/** The angle of a cosine in degrees; cosines beyond ±1 by rounding count as ±1. */
export function degreesOf(cosine: number): number {
  return (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
}

/** Counts of angles in bins of equal width from 0° to 180°. An angle on an edge is in the bin above it; 180° in the last. */
export type AngleHistogram = { readonly binDegrees: number; readonly counts: Float64Array };

/** An empty histogram; `binDegrees` divides 180. */
export function emptyHistogram(binDegrees: number): AngleHistogram {
  return { binDegrees, counts: new Float64Array(Math.round(180 / binDegrees)) };
}

/** Counts an angle. */
export function countAngle({ binDegrees, counts }: AngleHistogram, degrees: number): void {
  counts[Math.min(counts.length - 1, Math.floor(degrees / binDegrees))]! += 1;
}

/** The mean of some numbers. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
