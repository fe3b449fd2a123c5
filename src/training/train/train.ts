import { Meter } from "./meter.ts";
import { type PreparedRun, prepareRun } from "./prepare-run.ts";
import { exportRun, reportGeometry, reportSteps, saveRun, verifyRun } from "./run-outputs.ts";
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
  while (iteration < iterations && !run.signal?.aborted) {
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
    if (!isLast && isDue(verifyEvery)) await verifyRun(run, iteration, meter);
  }
  const isFinished = iteration === iterations;
  if (isFinished) noteBrokenState(run);
  await saveRun(run, iteration);
  // The model first: whatever the verification meets, the training is not lost.
  const model = isFinished ? await exportRun(run) : undefined;
  if (isFinished) await verifyRun(run, iteration, meter);
  return {
    iteration,
    isFinished,
    model,
    rows: log.rows,
    brokenImages: batches.brokenImages(),
    identityCount: dataset.identityCount,
    sampleCount: dataset.sampleCount,
  };
}
