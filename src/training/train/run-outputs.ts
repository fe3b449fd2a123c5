/** The outputs of a run: rows of its log, checkpoints, verifications and the exported model. */
import { join } from "node:path";
import { DivergenceError, ImageError } from "../../base/core/index.ts";
import { writeAtomically } from "../../base/files/index.ts";
import type { ViewEmbedder } from "../../faces/embedder/index.ts";
import { CENTERS } from "../losses/index.ts";
import { changesImages, embedderOfChanged } from "./changed-images.ts";
import { saveCheckpoint } from "./checkpoint.ts";
import { exportModel } from "./export-model.ts";
import { geometryRow } from "./geometry-row.ts";
import { guardAccuracy } from "./guard.ts";
import type { Meter } from "./meter.ts";
import { networkEmbedder } from "./network-embedder.ts";
import type { ResolvedOptions } from "./options.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { Step } from "./programs/program.ts";
import { PAPER_NORMALIZATION } from "./programs/training-step.ts";
import { allCenters, dominantOf } from "./read-centers.ts";
import type { TrainingRow } from "./run-log.ts";
import { marginAt } from "./run-steps.ts";
import { scoresRow } from "./scores-row.ts";

/** Reports the means of the steps since the last line. */
export function reportSteps(
  run: PreparedRun,
  iteration: number,
  steps: readonly Step[],
  means: ReturnType<Meter["take"]>,
): void {
  const { batchSize, iterations } = run.options;
  const row: TrainingRow = {
    kind: "train",
    iteration,
    epoch: Math.floor(((iteration - 1) * batchSize) / run.dataset.sampleCount),
    ...means,
    learningRate: steps.at(-1)?.scalars.learningRate ?? 0,
    margin: marginAt(run, iteration - 1),
  };
  run.report(row, ((iterations - iteration) * batchSize) / row.imagesPerSecond);
}

/** Reports how the class centers lie; nothing for a loss without class centers. */
export function reportGeometry(run: PreparedRun, iteration: number): void {
  const { state } = run.program;
  if (state[CENTERS] === undefined) return;
  const { weights, identities, dimension } = dominantOf(allCenters(state), state);
  const row = geometryRow(iteration, weights, [identities, dimension]);
  if (row !== undefined) run.report(row);
}

/** Saves a checkpoint. */
export async function saveRun(
  { folder, options, program, fingerprint }: PreparedRun,
  iteration: number,
): Promise<void> {
  const { iterations } = options;
  const { state, choices } = program;
  await saveCheckpoint(folder, { iteration, iterations, state, choices, fingerprint });
}

/**
 * Scores the network where the caller gave a way to, and reports the result. The time does not count as training. An
 * image that cannot be read, or embeddings that are not finite, leave the verification out and do not end the run. In
 * fine-tuning the guard judges the result; returns whether it ends the run.
 */
export async function verifyRun(run: PreparedRun, iteration: number, meter: Meter): Promise<boolean> {
  if (run.verify === undefined) return false;
  const { augmentation, seed } = run.options;
  const embedder = await networkEmbedder(run.step.network, run.program.state, run.options, run.contract);
  let accuracy: number | undefined;
  try {
    const isCompared = run.foreign !== undefined && changesImages(augmentation);
    const finite = finiteOnly(embedder);
    const changed = isCompared ? await run.verify(embedderOfChanged(finite, augmentation, seed)) : undefined;
    const { standardDeviation, genuineScores, impostorScores, ...plain } = await run.verify(finite);
    accuracy = plain.accuracy;
    run.report({
      kind: "verify",
      iteration,
      accuracy,
      standardDeviation,
      ...(changed === undefined ? {} : { changedAccuracy: changed.accuracy }),
      seconds: meter.seconds,
    });
    if (genuineScores !== undefined && impostorScores !== undefined) {
      run.report(scoresRow(iteration, genuineScores, impostorScores));
    }
  } catch (error) {
    if (!(error instanceof ImageError || error instanceof DivergenceError)) throw error;
    run.note(`the verification after ${iteration} steps is left out: ${error.message}`);
  } finally {
    await embedder.close();
  }
  meter.restart();
  return accuracy === undefined || run.foreign === undefined ? false : judgeRun(run, iteration, accuracy);
}

/** Lets the guard judge a verification of fine-tuning, and saves what it took back. Returns whether the run ends. */
export async function judgeRun(run: PreparedRun, iteration: number, accuracy: number): Promise<boolean> {
  const outcome = await guardAccuracy(run, iteration, accuracy);
  if (outcome !== "kept") await saveRun(run, iteration);
  return outcome === "ended";
}

/** An embedder that refuses embeddings that are not finite, with which no score can be computed. */
function finiteOnly(embedder: ViewEmbedder): ViewEmbedder {
  return {
    contract: embedder.contract,
    embed: async (images) => {
      const embeddings = await embedder.embed(images);
      if (embeddings.data.every(Number.isFinite)) return embeddings;
      throw new DivergenceError(
        "the network's embeddings are not finite numbers: training diverged, lower the learning rate",
      );
    },
  };
}

/** Writes model.onnx and returns its path. */
export async function exportRun({ folder, step, program, options, foreign }: PreparedRun): Promise<string> {
  const model = join(folder, "model.onnx");
  const notes = trainingNotes(options);
  const bytes =
    foreign === undefined
      ? exportModel(step.network, program.state, PAPER_NORMALIZATION, notes)
      : foreign.write(program.state, notes);
  await writeAtomically(model, [bytes]);
  return model;
}

function trainingNotes({ network, loss, iterations, batchSize }: ResolvedOptions): Record<string, string> {
  return {
    "cosface.network": network,
    "cosface.loss": JSON.stringify(loss),
    "cosface.training": `${iterations} iterations of ${batchSize} images`,
  };
}
