import { OptionError, requireBetween, requireInteger } from "../../base/core/index.ts";

/** The samples of one identity, seen as directions on the circle. Angles are in degrees. */
export type CircleCloud = {
  readonly label: number;
  readonly sampleCount: number;
  /** Direction of the mean of the samples' unit vectors, in [0, 360), counterclockwise from the first axis. */
  readonly direction: number;
  /** Samples within `coverage` lie from `direction − before` to `direction + after`. */
  readonly before: number;
  readonly after: number;
  /** From the end of this cloud to the beginning of the next one counterclockwise; negative where they overlap. */
  readonly gapToNext: number;
};

/** The clouds in order of direction, and the mean of their gaps in degrees. */
export type CircleClouds = { readonly clouds: readonly CircleCloud[]; readonly meanGap: number };

/**
 * The angular gaps between neighboring identities' clouds of 2-D embeddings: what the margin is to widen, and what the
 * paper's toy figure shows. Directions of C identities are 360°/C apart on average whatever is trained, so the mean gap
 * is that, less the mean width of a cloud.
 *
 * `coverage` is the share of an identity's samples that counts as its cloud, default 0.9: as many are left out at one
 * end as at the other, so that a mislabeled sample does not decide the gap.
 *
 * @throws {OptionError} when lengths do not fit, a sample is zero, fewer than two identities have samples, or those of
 * one identity cancel out.
 */
export function circleClouds({
  embeddings,
  labels,
  coverage = 0.9,
}: {
  readonly embeddings: Float32Array;
  readonly labels: ArrayLike<number>;
  readonly coverage?: number;
}): CircleClouds {
  requireBetween("circleClouds: coverage", coverage, 0, 1);
  if (embeddings.length !== 2 * labels.length) {
    throw new OptionError(
      `circleClouds: got ${embeddings.length} numbers for ${labels.length} labels, expected 2 each`,
    );
  }
  const anglesOf = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const [x, y] = [embeddings[2 * i]!, embeddings[2 * i + 1]!];
    if (!(Math.hypot(x, y) > 0)) throw new OptionError(`circleClouds: embedding ${i} has no direction`);
    const angles = anglesOf.get(labels[i]!) ?? [];
    angles.push(Math.atan2(y, x));
    anglesOf.set(labels[i]!, angles);
  }
  requireInteger("circleClouds: identities with samples", anglesOf.size, 2);
  const clouds = [...anglesOf]
    .map(([label, angles]) => cloudOf(label, angles, coverage))
    .sort((a, b) => a.direction - b.direction);
  const withGaps = clouds.map((cloud, i) => {
    const next = clouds[(i + 1) % clouds.length]!;
    const turn = next.direction - cloud.direction + (i + 1 === clouds.length ? 360 : 0);
    return { ...cloud, gapToNext: turn - cloud.after - next.before };
  });
  return { clouds: withGaps, meanGap: withGaps.reduce((sum, { gapToNext }) => sum + gapToNext, 0) / clouds.length };
}

function cloudOf(label: number, angles: readonly number[], coverage: number): Omit<CircleCloud, "gapToNext"> {
  const x = angles.reduce((sum, angle) => sum + Math.cos(angle), 0);
  const y = angles.reduce((sum, angle) => sum + Math.sin(angle), 0);
  if (Math.hypot(x, y) < 1e-9 * angles.length) {
    throw new OptionError(`circleClouds: the samples of identity ${label} cancel out, so it has no direction`);
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

/** Linear interpolation between the sorted numbers: NumPy's default. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}

function wrap(radians: number): number {
  return Math.atan2(Math.sin(radians), Math.cos(radians));
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
