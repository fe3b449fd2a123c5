import { OptionError, requireBetween, requireInteger, requireObject } from "../../base/core/index.ts";

/** The directions of one identity's samples on the circle. Angles are in degrees. */
export type CircleCloud = {
  readonly label: number;
  readonly sampleCount: number;
  /** Direction of the mean of the samples' unit vectors, in [0, 360), counterclockwise from the first axis. */
  readonly direction: number;
  /** Samples within `coverage` lie from `direction − before` to `direction + after`. */
  readonly before: number;
  readonly after: number;
  /** Angle from the end of this cloud to the start of the next one, counterclockwise; negative where they overlap. */
  readonly gapToNext: number;
};

/** The clouds in order of direction, and the mean of their gaps in degrees. */
export type CircleClouds = { readonly clouds: readonly CircleCloud[]; readonly meanGap: number };

/**
 * The angular gaps between the clouds of neighboring identities in 2-D embeddings. A margin widens these gaps; the
 * paper's toy figure shows them. Directions of C identities are 360°/C apart on average, so the mean gap is 360°/C
 * minus the mean width of a cloud.
 *
 * `coverage` is the share of an identity's samples that counts as its cloud, default 0.9. The same number of samples is
 * left out at both ends, so that a mislabeled sample does not decide the gap.
 *
 * @throws {OptionError} when lengths do not fit, a sample is zero, fewer than two identities have samples, or the
 *   samples of one identity cancel out.
 */
export function circleClouds(options: {
  readonly embeddings: Float32Array;
  readonly labels: ArrayLike<number>;
  readonly coverage?: number;
}): CircleClouds {
  requireObject("options", options);
  const { embeddings, labels, coverage = 0.9 } = options;
  requireObject("embeddings", embeddings);
  requireObject("labels", labels);
  requireBetween("coverage", coverage, 0, 1);
  if (embeddings.length !== 2 * labels.length) {
    throw new OptionError(`got ${embeddings.length} numbers for ${labels.length} labels, expected 2 each`);
  }
  const anglesOf = new Map<number, number[]>();
  for (const [i, label] of Array.from(labels).entries()) {
    const [x = Number.NaN, y = Number.NaN] = embeddings.subarray(2 * i);
    if (!(Math.hypot(x, y) > 0)) throw new OptionError(`embedding ${i} is zero or not finite, so it has no direction`);
    const angles = anglesOf.get(label) ?? [];
    angles.push(Math.atan2(y, x));
    anglesOf.set(label, angles);
  }
  requireInteger("identities with samples", anglesOf.size, 2);
  const clouds = [...anglesOf]
    .map(([label, angles]) => cloudOf(label, angles, coverage))
    .sort((a, b) => a.direction - b.direction);
  const withGaps = clouds.map((cloud, i) => {
    const next = clouds.at((i + 1) % clouds.length) ?? cloud;
    const turn = next.direction - cloud.direction + (i + 1 === clouds.length ? 360 : 0);
    return { ...cloud, gapToNext: turn - cloud.after - next.before };
  });
  return { clouds: withGaps, meanGap: withGaps.reduce((sum, { gapToNext }) => sum + gapToNext, 0) / clouds.length };
}

function cloudOf(label: number, angles: readonly number[], coverage: number): Omit<CircleCloud, "gapToNext"> {
  const x = angles.reduce((sum, angle) => sum + Math.cos(angle), 0);
  const y = angles.reduce((sum, angle) => sum + Math.sin(angle), 0);
  if (Math.hypot(x, y) < 1e-9 * angles.length) {
    throw new OptionError(`the samples of identity ${label} cancel out, so their mean has no direction`);
  }
  const middle = Math.atan2(y, x);
  const fromMiddle = angles.map((angle) => degrees(wrap(angle - middle))).sort((a, b) => a - b);
  const left = (1 - coverage) / 2;
  return {
    label,
    sampleCount: angles.length,
    direction: (degrees(middle) + 360) % 360,
    before: -quantile(fromMiddle, left),
    after: quantile(fromMiddle, 1 - left),
  };
}

/** Quantile of sorted numbers by linear interpolation, as NumPy's default. */
function quantile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const [below = Number.NaN, above = below] = sorted.slice(Math.floor(position));
  return below + (above - below) * (position - Math.floor(position));
}

function wrap(radians: number): number {
  return Math.atan2(Math.sin(radians), Math.cos(radians));
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
