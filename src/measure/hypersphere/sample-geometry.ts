import { OptionError, requireInteger } from "../../base/core/index.ts";
import { degreesOf, mean } from "./angles.ts";
import { requireSphereSize } from "./bounds.ts";
import type { ClassCenters } from "./center-geometry.ts";
import { cosineBlocks, unitRows } from "./cosine-blocks.ts";

/** What is measured of samples. */
export type SampleGeometryOptions = ClassCenters & {
  /** `f32[samples, dimension]`, rows of any length but zero. */
  readonly embeddings: Float32Array;
  /** Each sample's label, in [0, identities). */
  readonly labels: ArrayLike<number>;
};

/** How the samples of one identity lie around its center. */
export type IdentityGeometry = {
  readonly label: number;
  readonly sampleCount: number;
  readonly meanOwnDegrees: number;
  readonly meanMargin: number;
  readonly smallestMargin: number;
};

/** How samples lie among the class centers. Arrays have a number for each sample; angles are in degrees. */
export type SampleGeometry = {
  /** Angle to the sample's own center. */
  readonly ownDegrees: Float64Array;
  /** The nearest of the other centers, the lowest label where several are equally near, and the angle to it. */
  readonly nearestOther: Int32Array;
  readonly nearestOtherDegrees: Float64Array;
  /** The margin reached: the cosine to the own center less the largest to any other. Negative: mistaken for another. */
  readonly margin: Float64Array;
  readonly meanOwnDegrees: number;
  readonly meanNearestOtherDegrees: number;
  readonly meanMargin: number;
  /** Share of samples whose own center is strictly the nearest. */
  readonly correctShare: number;
  /** In order of the label; identities without samples are left out. */
  readonly perIdentity: readonly IdentityGeometry[];
};

/**
 * Measures the angles of samples to class centers, and the margin that they reach.
 *
 * @throws {OptionError} when lengths do not fit, a label is out of range, or a row is zero or not finite.
 */
export function sampleGeometry(options: SampleGeometryOptions): SampleGeometry {
  const { embeddings, labels, weights, identities, dimension } = options;
  const sampleCount = labels.length;
  requireSphereSize("sampleGeometry", options);
  requireInteger("sampleGeometry: number of labels", sampleCount, 1);
  for (let i = 0; i < sampleCount; i++) requireLabel(labels[i]!, identities);
  const samples = unitRows("sampleGeometry: embeddings", embeddings, sampleCount, dimension);
  const centers = unitRows("sampleGeometry: weights", weights, identities, dimension);
  const own = new Float64Array(sampleCount);
  const nearestOther = new Int32Array(sampleCount);
  const highest = new Float64Array(sampleCount).fill(Number.NEGATIVE_INFINITY);
  for (const block of cosineBlocks(samples, centers)) {
    for (let i = 0; i < block.rowCount; i++) {
      const sample = block.rowStart + i;
      const ownColumn = labels[sample]! - block.columnStart;
      for (let j = 0; j < block.columnCount; j++) {
        const cosine = block.cosines[i * block.stride + j]!;
        if (j === ownColumn) own[sample] = cosine;
        else if (cosine > highest[sample]!) {
          highest[sample] = cosine;
          nearestOther[sample] = block.columnStart + j;
        }
      }
    }
  }
  const ownDegrees = own.map(degreesOf);
  const nearestOtherDegrees = highest.map(degreesOf);
  const margin = own.map((cosine, i) => cosine - highest[i]!);
  return {
    ownDegrees,
    nearestOther,
    nearestOtherDegrees,
    margin,
    meanOwnDegrees: mean(ownDegrees),
    meanNearestOtherDegrees: mean(nearestOtherDegrees),
    meanMargin: mean(margin),
    correctShare: mean(margin.map((reached) => (reached > 0 ? 1 : 0))),
    perIdentity: byIdentity(labels, identities, ownDegrees, margin),
  };
}

function byIdentity(
  labels: ArrayLike<number>,
  identities: number,
  ownDegrees: Float64Array,
  margin: Float64Array,
): IdentityGeometry[] {
  const samplesOf = Array.from({ length: identities }, (): number[] => []);
  for (let i = 0; i < labels.length; i++) samplesOf[labels[i]!]!.push(i);
  return samplesOf.flatMap((samples, label) => {
    if (samples.length === 0) return [];
    const margins = samples.map((i) => margin[i]!);
    return {
      label,
      sampleCount: samples.length,
      meanOwnDegrees: mean(samples.map((i) => ownDegrees[i]!)),
      meanMargin: mean(margins),
      smallestMargin: margins.reduce((a, b) => Math.min(a, b)),
    };
  });
}

function requireLabel(label: number, identities: number): void {
  if (!(Number.isInteger(label) && label >= 0 && label < identities)) {
    throw new OptionError(`sampleGeometry: labels: got ${label}, expected whole numbers in [0, ${identities})`);
  }
}
