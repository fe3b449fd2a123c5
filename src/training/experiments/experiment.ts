import type { LossOptions } from "../losses/index.ts";

/** Names of the experiments that are sweeps. */
export const sweepNames = ["margin", "losses", "normalization", "scale"] as const;
/** Name of an experiment, as on the command line. */
export type SweepName = (typeof sweepNames)[number];

/** A point of a sweep: what its runs have in common, whatever their seed. */
export type Variant = {
  /** As in tables and figures, such as "m = 0.35"; different from all others of its sweep. */
  readonly name: string;
  readonly loss: LossOptions;
  /** Its place on the horizontal axis, where the sweep is one over a number. */
  readonly x?: number;
  /** Name of the variant whose network of the same seed it goes on from, as if trained twice; default: random values. */
  readonly startsFrom?: string;
};

/** What is swept, what the paper says of it, and how it is shown. */
export type Experiment = {
  readonly name: SweepName;
  /** Such as "Accuracy by margin". */
  readonly title: string;
  /** What the paper reports, in a sentence or two. */
  readonly paper: string;
  /** Axis of `x`, with its unit; none where variants are only named. */
  readonly axis?: { readonly name: string; readonly isLogarithmic?: boolean };
  /** Values of `x` that the figure marks. */
  readonly marks?: readonly { readonly at: number; readonly label: string }[];
  readonly variants: readonly Variant[];
};
