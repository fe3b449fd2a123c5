import { OptionError, requireInteger, requireObject } from "../../base/core/index.ts";
import { degreesOf, mean } from "./angles.ts";
import { requireSphereSize } from "./bounds.ts";
import type { ClassCenters } from "./center-geometry.ts";
import { cosineBlocks, unitRows } from "./cosine-blocks.ts";

/** Samples and class centers to measure. */
export type SampleGeometryOptions = ClassCenters & {
  /** `f32[samples, dimension]`, with rows of any length except zero. */
  readonly embeddings: Float32Array;
  /** Label of each sample, in [0, identities). */
  readonly labels: ArrayLike<number>;
};

/** The samples of one identity relative to its center. */
export type IdentityGeometry = {
  readonly label: number;
  readonly sampleCount: number;
  readonly meanOwnDegrees: number;
  readonly meanMargin: number;
  readonly smallestMargin: number;
};

/** Angles of samples to the class centers, in degrees. Arrays have one number per sample. */
export type SampleGeometry = {
  /** Angle to the sample's own center. */
  readonly ownDegrees: Float64Array;
  /** Label of the nearest other center; of equally near ones the lowest label. */
  readonly nearestOther: Int32Array;
  /** Angle to the nearest other center. */
  readonly nearestOtherDegrees: Float64Array;
  /** The margin reached: the cosine to the own center minus the largest to another. Negative: misclassified. */
  readonly margin: Float64Array;
  readonly meanOwnDegrees: number;
  readonly meanNearestOtherDegrees: number;
  readonly meanMargin: number;
  /** Share of samples whose own center is strictly the nearest. */
  readonly correctShare: number;
  /** In order of the label, without identities that have no samples. */
  readonly perIdentity: readonly IdentityGeometry[];
};

/**
 * Measures the angles of samples to class centers, and the margins that they reach.
 *
 * @throws {OptionError} when lengths do not fit, a label is out of range, or a row is zero or not finite.
 */
export function sampleGeometry(options: SampleGeometryOptions): SampleGeometry {
  requireSphereSize(options);
  const { embeddings, labels, weights, identities, dimension } = options;
  requireObject("labels", labels);
  const sampleCount = labels.length;
  requireInteger("number of labels", sampleCount, 1);
  const samples = Array.from(labels, (label): Sample => {
    requireLabel(label, identities);
    return { label, own: 0, other: 0, highest: Number.NEGATIVE_INFINITY };
  });
  const rows = unitRows("embeddings", embeddings, sampleCount, dimension);
  const centers = unitRows("weights", weights, identities, dimension);
  for (const { rowStart, rowCount, columnStart, row } of cosineBlocks(rows, centers)) {
    for (const [i, sample] of samples.slice(rowStart, rowStart + rowCount).entries()) {
      let label = columnStart;
      for (const cosine of row(i)) {
        if (label === sample.label) sample.own = cosine;
        else if (cosine > sample.highest) {
          sample.highest = cosine;
          sample.other = label;
        }
        label++;
      }
    }
  }
  const ownDegrees = Float64Array.from(samples, ({ own }) => degreesOf(own));
  const nearestOtherDegrees = Float64Array.from(samples, ({ highest }) => degreesOf(highest));
  const margin = Float64Array.from(samples, ({ own, highest }) => own - highest);
  return {
    ownDegrees,
    nearestOther: Int32Array.from(samples, ({ other }) => other),
    nearestOtherDegrees,
    margin,
    meanOwnDegrees: mean(ownDegrees),
    meanNearestOtherDegrees: mean(nearestOtherDegrees),
    meanMargin: mean(margin),
    correctShare: mean(margin.map((reached) => (reached > 0 ? 1 : 0))),
    perIdentity: byIdentity(samples),
  };
}

/** Cosines of a sample: to its own center, and to the nearest other center with its label. */
type Sample = { readonly label: number; own: number; highest: number; other: number };

function byIdentity(samples: readonly Sample[]): IdentityGeometry[] {
  const samplesOf = new Map<number, Sample[]>();
  for (const sample of samples) {
    const others = samplesOf.get(sample.label);
    if (others === undefined) samplesOf.set(sample.label, [sample]);
    else others.push(sample);
  }
  const sorted = [...samplesOf].sort(([a], [b]) => a - b);
  return sorted.map(([label, own]) => {
    const margins = own.map((sample) => sample.own - sample.highest);
    return {
      label,
      sampleCount: own.length,
      meanOwnDegrees: mean(own.map((sample) => degreesOf(sample.own))),
      meanMargin: mean(margins),
      smallestMargin: margins.reduce((a, b) => Math.min(a, b)),
    };
  });
}

function requireLabel(label: number, identities: number): void {
  if (!(Number.isInteger(label) && label >= 0 && label < identities)) {
    throw new OptionError(`labels: got ${label}, expected whole numbers in [0, ${identities})`);
  }
}
