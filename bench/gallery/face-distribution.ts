/**
 * A statistical model of the embeddings of faces by a network. A person has a mean, x̄ = μ + Σ √bᵢ zᵢ eᵢ,
 * and a view of the person is x = (x̄ + Σ √(s wᵢ) z'ᵢ eᵢ) / ‖·‖, with z and z' standard normal. s is
 * the spread of this view, log-normal with mean 1, because images differ in quality. Rotations of the unit sphere
 * change no cosine, so eᵢ are the coordinate axes.
 *
 * bᵢ and wᵢ were measured on LFW: the eigenvalues of the covariance between people, and the variance within a
 * person along the same axes. `default` is the default network of the service, on 1,583 photographs of 844 people;
 * `mobilefacenet` is a 128-d network trained with a margin, on 7,701 aligned crops of 4,281 people. The model compared
 * with measurements:
 *
 * | | default: measured | model | mobilefacenet: measured | model |
 * | --- | --- | --- | --- | --- |
 * | cosine of two views of a person: mean, deviation | 0.955, 0.016 | 0.959, 0.014 | 0.647, 0.126 | 0.653, 0.120 |
 * | cosine of different people | 0.839, 0.035 | 0.842, 0.040 | 0.014, 0.102 | 0.014, 0.102 |
 * | cosine with the nearest of the others: median | 0.927 | 0.925 | 0.395 | 0.368 |
 * | intrinsic dimension by 10 neighbors (Levina & Bickel) | 19 | 22 | 32 | 39 |
 *
 * In both cases the model has the higher intrinsic dimension, so it is not easier for an index than photographs.
 */
import type { Random } from "../../src/base/core/index.ts";
import { randomUnit } from "../../test/support/galleries.ts";

type Spectrum = {
  /** Axes with given variances; their logarithm is linear between these axes, and the variance is 0 beyond the last. */
  readonly axes: readonly number[];
  readonly between: readonly number[];
  readonly within: readonly number[];
  readonly meanLength: number;
  /** Standard deviation of log s. */
  readonly straying: number;
};

const spectra: Readonly<Record<string, Spectrum>> = {
  default: {
    axes: [0, 2, 4, 8, 12, 16, 24, 32, 48, 64, 72],
    between: [150, 77, 55, 35, 26, 19, 13, 8.9, 4.3, 1.2, 0.5].map((value) => value * 1e-4),
    within: [8.5, 8.5, 8.4, 7.9, 7.9, 7.5, 6.8, 6, 4.7, 3.9, 1.5].map((value) => value * 1e-4),
    meanLength: 0.917,
    straying: 0.4,
  },
  mobilefacenet: {
    axes: [0, 4, 8, 16, 24, 32, 48, 64, 80, 96, 112, 120, 127],
    between: [170, 147, 127, 99, 84, 70, 51, 37, 27, 18, 12, 7.8, 0.7].map((value) => value * 1e-4),
    within: [40, 39, 40, 40, 40, 37, 33, 31, 31, 26, 24, 21, 5.2].map((value) => value * 1e-4),
    meanLength: 0.122,
    straying: 0.7,
  },
};

/** Most numbers that vary between embeddings. */
const AXIS_COUNT = 128;

const deviations = ({ axes }: Spectrum, variances: readonly number[]) =>
  Float64Array.from({ length: AXIS_COUNT }, (_, axis) => {
    if (axis > axes.at(-1)!) return 0;
    const next = Math.max(
      1,
      axes.findIndex((known) => known >= axis),
    );
    const part = (axis - axes[next - 1]!) / (axes[next]! - axes[next - 1]!);
    return Math.sqrt(variances[next - 1]! ** (1 - part) * variances[next]! ** part);
  });

/** A person: a function that draws views. */
export type Person = (source: Random) => Float32Array;

/** A distribution of people: a function that draws persons. */
export type People = (source: Random, size: number) => Person;

/**
 * People by the model of a network; views are f32[size] of length 1. Numbers beyond 128 are zero: a measured 512-d
 * network uses no more axes (99.8 % of its variance between people is in 128), and a rotation changes no cosine.
 */
function facesOf(spectrum: Spectrum): People {
  const [between, within] = [deviations(spectrum, spectrum.between), deviations(spectrum, spectrum.within)];
  const { meanLength, straying } = spectrum;
  return (source, size) => {
    const offset = meanLength / Math.sqrt(AXIS_COUNT);
    const mean = Float32Array.from(between, (deviation) => offset + deviation * source.normal());
    return (views) => {
      const scale = Math.exp((straying * views.normal() - straying ** 2 / 2) / 2);
      return unit(
        size,
        mean.map((number, axis) => number + scale * within[axis]! * views.normal()),
      );
    };
  };
}

/** The worst case for an index: people in uniform directions, and views at a cosine of about 0.7 to their person. */
function randomDirection(source: Random, size: number): Person {
  const mean = randomUnit(source, size);
  return (views) => {
    const noise = randomUnit(views, size);
    return unit(
      size,
      mean.map((number, i) => number + noise[i]!),
    );
  };
}

function unit(size: number, numbers: Float32Array): Float32Array {
  const length = Math.sqrt(numbers.reduce((sum, number) => sum + number * number, 0));
  return Float32Array.from({ length: size }, (_, i) => (numbers[i] ?? 0) / length);
}

/** All distributions by name. */
export const people: Readonly<Record<string, People>> = {
  ...Object.fromEntries(Object.entries(spectra).map(([name, spectrum]) => [name, facesOf(spectrum)])),
  isotropic: randomDirection,
};
