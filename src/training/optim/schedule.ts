/** Learning-rate schedules: functions of the iteration, each with an optional linear warm-up. */
import { OptionError, requireInteger, requireObject, requirePositive } from "../../base/core/index.ts";

/** Learning rate by iteration, counted from 0. */
export type Schedule = (iteration: number) => number;

/** Learning rate, length and warm-up of a schedule. */
export type ScheduleOptions = {
  /** Highest learning rate. */
  readonly learningRate: number;
  readonly iterations: number;
  /** Iterations of the linear rise from 0; default 0. */
  readonly warmUp?: number;
};

/**
 * Divides by `factor` at each milestone, a share of all iterations; default: the paper's ÷10 at 16/30, 24/30, 28/30.
 */
export function stepSchedule(
  options: ScheduleOptions & { readonly milestones?: readonly number[]; readonly factor?: number },
): Schedule {
  requireObject("options of stepSchedule", options);
  const { learningRate, iterations, milestones = PAPER_MILESTONES, factor = 10 } = options;
  requirePositive("factor", factor);
  if (milestones.some((share, i) => !(share > (milestones[i - 1] ?? 0) && share < 1))) {
    throw new OptionError(`milestones: got ${milestones}, expected rising shares between 0 and 1`);
  }
  return withWarmUp(options, (iteration) => {
    const passed = milestones.filter((share) => iteration >= Math.round(share * iterations)).length;
    return learningRate / factor ** passed;
  });
}

/** CosFace on CASIA-WebFace: drops at 16K, 24K and 28K of 30K iterations. */
export const PAPER_MILESTONES: readonly number[] = [16 / 30, 24 / 30, 28 / 30];

/** Falls to 0 as (1 − progress)^power after the warm-up. */
export function polynomialSchedule(options: ScheduleOptions & { readonly power?: number }): Schedule {
  requireObject("options of polynomialSchedule", options);
  const { learningRate, power = 2 } = options;
  requirePositive("power", power);
  return withWarmUp(options, (_, progress) => learningRate * (1 - progress) ** power);
}

/** Falls to 0 along half a cosine after the warm-up. */
export function cosineSchedule(options: ScheduleOptions): Schedule {
  requireObject("options of cosineSchedule", options);
  return withWarmUp(options, (_, progress) => (options.learningRate * (1 + Math.cos(Math.PI * progress))) / 2);
}

/** Adds the linear rise. `after` also gets the progress, from 0 at the end of the warm-up to 1. */
function withWarmUp(
  { learningRate, iterations, warmUp = 0 }: ScheduleOptions,
  after: (iteration: number, progress: number) => number,
): Schedule {
  requirePositive("learning rate", learningRate);
  requireInteger("iterations", iterations, 1);
  requireInteger("warm-up", warmUp, 0);
  return (iteration) => {
    if (iteration < warmUp) return (learningRate * (iteration + 1)) / warmUp;
    const progress = Math.min((iteration - warmUp) / Math.max(iterations - warmUp, 1), 1);
    return after(iteration, progress);
  };
}
