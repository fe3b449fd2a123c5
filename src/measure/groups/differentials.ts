/**
 * How much error rates differ between groups at one threshold, as single numbers. Each is a function of the rates of
 * the groups, FMR_d and FNMR_d of group d: of its own impostor pairs (both people of group d) and its genuine pairs.
 * @see ISO/IEC 19795-10:2024, Quantifying biometric system performance variation across demographic groups
 */
import { OptionError, requireKind } from "../../base/core/index.ts";

/** Error rates of each group, in one order. */
export type GroupErrorRates = { readonly fmr: readonly number[]; readonly fnmr: readonly number[] };

/** The weight α of FMR beside FNMR in FDR, IR and GARBE. */
const ALPHA = 0.5;

/** A number that compares groups. */
export type Differential = {
  readonly title: string;
  /** How to read it. */
  readonly meaning: string;
  /** The value for groups without any difference. */
  readonly equal: number;
  /** The least and greatest value that it can have. */
  readonly range: readonly [low: number, high: number];
  /** Whether it is a ratio: its errors are then symmetric in its logarithm. */
  readonly isRatio: boolean;
  /** The rates that it is computed from. */
  readonly kind: "fmr" | "fnmr" | "both";
  /** The lists of values, one a group, that are all equal where there is no difference. */
  readonly compared: (rates: GroupErrorRates) => readonly (readonly number[])[];
  /** NaN where it is undefined: a ratio of 0 and 0. ∞ where only the divisor is 0. */
  readonly of: (rates: GroupErrorRates) => number;
};

const RATIO = { equal: 1, range: [1, Number.POSITIVE_INFINITY], isRatio: true } as const;
const higherIsWorse = "1 without a difference; higher is less equal";

const FMR = { kind: "fmr", compared: ({ fmr }: GroupErrorRates) => [fmr] } as const;
const FNMR = { kind: "fnmr", compared: ({ fnmr }: GroupErrorRates) => [fnmr] } as const;
const BOTH = { kind: "both", compared: ({ fmr, fnmr }: GroupErrorRates) => [fmr, fnmr] } as const;
const BALANCED = { kind: "both", compared: (rates: GroupErrorRates) => [balancedErrors(rates)] } as const;

/** All differentials by name, in the order of reports. */
export const differentials = {
  fmrMaxMin: {
    title: "FMR, highest / lowest",
    meaning: higherIsWorse,
    ...RATIO,
    ...FMR,
    of: ({ fmr }) => ratio(highest(fmr), lowest(fmr)),
  },
  fmrMaxGeoMean: {
    title: "FMR, highest / geometric mean",
    meaning: higherIsWorse,
    ...RATIO,
    ...FMR,
    of: ({ fmr }) => ratio(highest(fmr), geometricMean(fmr)),
  },
  fnmrMaxMin: {
    title: "FNMR, highest / lowest",
    meaning: higherIsWorse,
    ...RATIO,
    ...FNMR,
    of: ({ fnmr }) => ratio(highest(fnmr), lowest(fnmr)),
  },
  fnmrMaxGeoMean: {
    title: "FNMR, highest / geometric mean",
    meaning: higherIsWorse,
    ...RATIO,
    ...FNMR,
    of: ({ fnmr }) => ratio(highest(fnmr), geometricMean(fnmr)),
  },
  /** @see De Freitas Pereira and Marcel, Fairness in Biometrics, IEEE T-BIOM 4, 2022 */
  fdr: {
    title: "FDR, fairness discrepancy rate",
    meaning: "1 without a difference; lower is less equal",
    equal: 1,
    range: [0, 1],
    isRatio: false,
    ...BOTH,
    of: ({ fmr, fnmr }) => 1 - (ALPHA * (highest(fmr) - lowest(fmr)) + (1 - ALPHA) * (highest(fnmr) - lowest(fnmr))),
  },
  /** @see Grother, Demographic Differentials in Face Recognition Algorithms, NIST 2021 */
  ir: {
    title: "IR, inequity ratio",
    meaning: higherIsWorse,
    ...RATIO,
    ...BOTH,
    of: ({ fmr, fnmr }) =>
      ratio(highest(fmr), lowest(fmr)) ** ALPHA * ratio(highest(fnmr), lowest(fnmr)) ** (1 - ALPHA),
  },
  /** @see Howard et al., Evaluating Proposed Fairness Models for Face Recognition Algorithms, ICPR 2022 */
  garbe: {
    title: "GARBE, Gini coefficients of both rates",
    meaning: "0 without a difference; higher is less equal",
    equal: 0,
    range: [0, 1],
    isRatio: false,
    ...BOTH,
    of: ({ fmr, fnmr }) => ALPHA * giniCoefficient(fmr) + (1 - ALPHA) * giniCoefficient(fnmr),
  },
  /** @see Wang and Deng, Mitigating Bias in Face Recognition Using Skewness-Aware Reinforcement Learning, CVPR 2020 */
  ser: {
    title: "SER, skewed error ratio",
    meaning: higherIsWorse,
    ...RATIO,
    ...BALANCED,
    of: (rates) => {
      const errors = balancedErrors(rates);
      return ratio(highest(errors), lowest(errors));
    },
  },
  accuracyDeviation: {
    title: "Standard deviation of accuracy",
    meaning: "0 without a difference",
    equal: 0,
    range: [0, 0.5],
    isRatio: false,
    ...BALANCED,
    of: (rates) => {
      const errors = balancedErrors(rates);
      const center = mean(errors);
      return Math.sqrt(mean(errors.map((error) => (error - center) ** 2)));
    },
  },
} as const satisfies Readonly<Record<string, Differential>>;

/** Name of a differential. */
export type DifferentialName = keyof typeof differentials;

/**
 * 1 − accuracy of each group, where genuine and impostor pairs count alike: (FMR + FNMR) / 2. With as many genuine as
 * impostor pairs, as in RFW, that is the share of the pairs that are decided wrongly.
 */
export function balancedErrors({ fmr, fnmr }: GroupErrorRates): number[] {
  return fmr.map((rate, group) => (rate + (fnmr[group] ?? Number.NaN)) / 2);
}

/**
 * The Gini coefficient with the correction for few values: n/(n − 1) · Σ|x_i − x_j| / (2 n² x̄). 0 where all
 * values are equal, 1 where all but one are 0; 0 where all are 0.
 *
 * @throws {OptionError} when there are fewer than two values.
 */
export function giniCoefficient(values: readonly number[]): number {
  requireKind("values", values, "a list");
  const n = values.length;
  if (n < 2) throw new OptionError(`Gini coefficient: got ${n} values, expected at least two`);
  const differences = values.reduce((sum, x) => sum + values.reduce((inner, y) => inner + Math.abs(x - y), 0), 0);
  return differences === 0 ? 0 : ((n / (n - 1)) * differences) / (2 * n * n * mean(values));
}

function ratio(above: number, below: number): number {
  return above / below;
}

function highest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}

function lowest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(Math.log)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
