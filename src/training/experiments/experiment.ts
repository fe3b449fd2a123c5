import type { LossOptions } from "../losses/index.ts";

/** Names of the experiments that are sweeps. */
export const sweepNames = ["margin", "losses", "normalization", "scale"] as const;
/** Name of an experiment, as on the command line. */
export type SweepName = (typeof sweepNames)[number];

/** A point of a sweep: the settings that its runs share, with any seed. */
export type Variant = {
  /** Name in tables and figures, such as "m = 0.35"; unique within the sweep. */
  readonly name: string;
  readonly loss: LossOptions;
  /** Position on the horizontal axis, for a sweep over a number. */
  readonly x?: number;
  /** Name of the variant whose trained network with the same seed gives the initial values; default: random values. */
  readonly startsFrom?: string;
};

/** The variants of a sweep, the statement of the paper, and the axis of the figure. */
export type Experiment = {
  readonly name: SweepName;
  /** Such as "Accuracy by margin". */
  readonly title: string;
  /** The result in the paper, in a sentence or two. */
  readonly paper: string;
  /** Axis of `x`, with its unit; undefined for variants with names only. */
  readonly axis?: { readonly name: string; readonly isLogarithmic?: boolean };
  /** Marked values of `x`. */
  readonly marks?: readonly { readonly at: number; readonly label: string }[];
  readonly variants: readonly Variant[];
};
