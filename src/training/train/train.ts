import { requireFields } from "../../base/core/index.ts";
import { Meter } from "./meter.ts";
import { type PreparedRun, prepareRun } from "./prepare-run.ts";
import { exportRun, judgeRun, reportGeometry, reportSteps, saveRun, verifyRun } from "./run-outputs.ts";
import { nextSteps, noteBrokenState, requireSoundResults } from "./run-steps.ts";
import { StepsPerCall } from "./steps-per-call.ts";
import type { TrainingResult, TrainingRun } from "./training-run.ts";

/**
 * Trains a network on a data set, or continues a run that was stopped.
 *
 * The folder then holds `options.json`, `log.jsonl`, TensorBoard's event files, the last two checkpoints and, when all
 * steps are done, `model.onnx`. With the same data, options, machine and number of threads, a run that was interrupted
 * or killed and resumed ends with the same bits as one that never stopped.
 *
 * @throws {DatasetError} for a data set that nothing can be learnt from, {OptionError} for options out of range,
 *   {DivergenceError} when the loss is not a finite number, and {TrainingError} when the first loss cannot be right, or
 *   the folder holds another run.
 */
export async function train(run: TrainingRun): Promise<TrainingResult> {
  requireFields("run", run, { dataset: "an object", folder: "a text" });
  const prepared = await prepareRun(run);
  try {
    return await trainPrepared(prepared);
  } finally {
    await prepared.close();
  }
}

async function trainPrepared(run: PreparedRun): Promise<TrainingResult> {
  const { program, options, log, batches, dataset } = run;
  const { iterations, logEvery, checkpointEvery, verifyEvery = iterations } = options;
  const stepsPerCall = new StepsPerCall();
  const meter = new Meter(log.rows, options.batchSize);
  let iteration = run.startIteration;
  let isStopped = run.foreign !== undefined && (await startGuard(run, iteration, meter));
  while (iteration < iterations && !isStopped && !run.signal?.aborted) {
    const steps = await nextSteps(run, iteration, stepsPerCall.count);
    const results = await stepsPerCall.time(steps.length, () => program.run(steps));
    requireSoundResults(run, iteration, steps, results);
    for (const result of results) meter.add(result);
    iteration += results.length;
    const isLast = iteration === iterations;
    const isDue = (every: number) => iteration % every === 0;
    if (isLast || isDue(logEvery)) reportSteps(run, iteration, steps, meter.take());
    if (isLast || isDue(checkpointEvery)) reportGeometry(run, iteration);
    if (isDue(checkpointEvery)) await saveRun(run, iteration);
    if (!isLast && isDue(verifyEvery)) isStopped = await verifyRun(run, iteration, meter);
  }
  const isFinished = isStopped || iteration === iterations;
  if (isFinished) noteBrokenState(run);
  await saveRun(run, iteration);
  const isGuarded = run.foreign !== undefined && !isStopped;
  // The guard decides which weights are written.
  if (isFinished && isGuarded) await verifyRun(run, iteration, meter);
  // The model first: whatever the verification meets, the training is not lost.
  const model = isFinished ? await exportRun(run) : undefined;
  if (isFinished && run.foreign === undefined) await verifyRun(run, iteration, meter);
  return {
    iteration,
    isFinished,
    model,
    rows: log.rows,
    network: run.step.network,
    brokenImages: batches.brokenImages(),
    identityCount: dataset.identityCount,
    sampleCount: dataset.sampleCount,
  };
}

/**
 * The verification of fine-tuning before the first step, or the one that was due when the run was interrupted: it may
 * have come between a checkpoint and its verification. Returns whether the run ends.
 */
async function startGuard(run: PreparedRun, iteration: number, meter: Meter): Promise<boolean> {
  const { verifyEvery = run.options.iterations } = run.options;
  const done = run.log.rows.find((row) => row.kind === "verify" && row.iteration === iteration);
  if (done?.kind === "verify") return judgeRun(run, iteration, done.accuracy);
  return iteration % verifyEvery === 0 && iteration < run.options.iterations && verifyRun(run, iteration, meter);
}
