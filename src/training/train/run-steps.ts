/** The inputs of the next steps of a run, and the check of their results. */
import { DivergenceError, TrainingError } from "../../base/core/index.ts";
import { requirePlausibleFirstLoss } from "./first-loss.ts";
import { guardedShare } from "./guard.ts";
import type { ResolvedOptions } from "./options.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { Step, StepResult, StepScalars } from "./programs/program.ts";

/** At most `most` steps from an iteration on, as many as come before something else is due. */
export async function nextSteps(run: PreparedRun, iteration: number, most: number): Promise<Step[]> {
  const steps: Step[] = [];
  const count = Math.min(most, stepsToNextStop(iteration, run.options));
  for (let next = iteration; next < iteration + count; next++) {
    const { value: batch } = await run.batches.next();
    if (batch === undefined) throw new TrainingError("internal: the data set ended");
    steps.push({ batch, scalars: scalarsAt(run, next) });
  }
  return steps;
}

/** The margin of a step as the log reports it; 0 for a loss without a margin. */
export function marginAt({ step, options }: PreparedRun, iteration: number): number {
  return (step.loss.margin ?? 0) * marginShare(options, iteration);
}

/**
 * Checks that the losses are finite, and that the first of a fresh run is plausible.
 *
 * @throws {DivergenceError}, {TrainingError}
 */
export function requireSoundResults(
  run: PreparedRun,
  iteration: number,
  steps: readonly Step[],
  results: readonly StepResult[],
): void {
  const { step, program } = run;
  for (const [i, { loss: value }] of results.entries()) {
    const learningRate = steps[i]?.scalars.learningRate ?? Number.NaN;
    if (!Number.isFinite(value)) throw divergence(run, iteration + i, learningRate, value);
    if (iteration + i > 0 || !run.isFresh) continue;
    requirePlausibleFirstLoss({
      loss: step.loss,
      value,
      margin: marginAt(run, 0),
      identityCount: program.identityCount,
      embeddingSize: step.network.embeddingSize,
    });
  }
}

/** Steps until something is due that needs the state or the log: a line, a checkpoint, a verification, the end. */
function stepsToNextStop(iteration: number, options: ResolvedOptions): number {
  const { iterations, logEvery, checkpointEvery, verifyEvery = iterations } = options;
  const toMultiple = (every: number) => every - (iteration % every);
  // The first loss is checked before a second step is made.
  if (iteration === 0) return 1;
  return Math.min(iterations - iteration, ...[logEvery, checkpointEvery, verifyEvery].map(toMultiple));
}

function scalarsAt({ schedule, program, options, log }: PreparedRun, iteration: number): StepScalars {
  const position = { iteration, marginShare: marginShare(options, iteration) };
  const own = [...program.scalars].map(([name, { at }]) => [name, at(position)] as const);
  return {
    ...Object.fromEntries(own),
    learningRate: schedule(iteration) * guardedShare(log.rows),
    stepNumber: iteration + 1,
  };
}

function marginShare({ marginWarmUp }: ResolvedOptions, iteration: number): number {
  return Math.min(1, marginWarmUp === 0 ? 1 : iteration / marginWarmUp);
}

/** Reports a last step with a finite loss that left a state which is not finite: no next loss will show it. */
export function noteBrokenState(run: PreparedRun): void {
  const broken = brokenTensor(run);
  if (broken === undefined) return;
  run.note(
    `the network is not finite after its last step (first broken tensor: ${broken}): training diverged, lower the learning rate`,
  );
}

/** The first tensor of the state that is not finite. */
function brokenTensor({ program }: PreparedRun): string | undefined {
  const found = Object.entries(program.state).find(([, { data }]) => !(data as Float32Array).every(Number.isFinite));
  return found?.[0];
}

/** Why a loss is not finite: where it happened, and the first tensor of the state that is not finite either. */
function divergence(run: PreparedRun, iteration: number, learningRate: number, loss: number): DivergenceError {
  const broken = brokenTensor(run);
  const where = broken === undefined ? "no parameter is broken yet" : `first broken tensor: ${broken}`;
  return new DivergenceError(
    `training diverged at iteration ${iteration + 1}: loss ${loss}, learning rate ${learningRate.toPrecision(3)}, ${where}: ` +
      "lower the learning rate, or add --warm-up and --margin-warm-up; the last checkpoint is intact",
  );
}
