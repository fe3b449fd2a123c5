/**
 * The guard of fine-tuning. A network that learns new images forgets old ones, and a rate that is too high ruins it
 * while the loss goes on falling. So the accuracy on old images is measured before the first step and at every
 * verification. The last weights that kept it are stored beside the checkpoints; when it falls, the run goes back to
 * them and on at a lower rate, or ends with them.
 *
 * What the guard did stands in the log and nowhere else, so a run that is resumed behaves as one that never stopped.
 */
import { join } from "node:path";
import { writeAtomically } from "../../base/files/index.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { LogRow } from "./run-log.ts";
import { encodeTensors, readTensors } from "./safetensors.ts";

/** Factor of the learning rate each time that the accuracy fell. */
const LOWERED = 0.1;
/** How often the rate is lowered; then the run ends. */
const MOST_LOWERINGS = 2;

/** The share of the schedule's learning rate that is left. */
export function guardedShare(rows: readonly LogRow[]): number {
  return LOWERED ** rows.filter((row) => row.kind === "guard").length;
}

/** The accuracy before the first step; undefined where it was not measured. */
export function accuracyBefore(rows: readonly LogRow[]): number | undefined {
  const found = rows.find((row) => row.kind === "verify" && row.iteration === 0);
  return found?.kind === "verify" ? found.accuracy : undefined;
}

/** File of the last weights that kept the accuracy. */
const KEPT = "kept.safetensors";

/** What the guard did: it kept the weights, took earlier ones back, or took them back for good. */
export type GuardOutcome = "kept" | "restored" | "ended";

/**
 * Judges a verification: keeps the weights, or takes back those that were kept. Judging the same verification again
 * after an interruption changes nothing.
 */
export async function guardAccuracy(run: PreparedRun, iteration: number, accuracy: number): Promise<GuardOutcome> {
  const { guard = "off", tolerance = 0 } = run.options.fineTuning ?? {};
  const before = accuracyBefore(run.log.rows);
  if (guard === "off" || before === undefined) return "kept";
  const path = join(run.folder, KEPT);
  if (accuracy >= before - tolerance) {
    await writeAtomically(path, encodeTensors(run.program.state, { iteration: String(iteration) }));
    return "kept";
  }
  const { tensors, metadata } = await readTensors(path);
  const guarded = run.log.rows.filter((row) => row.kind === "guard");
  const known = guarded.find((row) => row.iteration === iteration);
  const restored = Number(metadata.iteration);
  // Weights that were kept later belong to a checkpoint in which they had been taken back already.
  if (known === undefined || known.restored === restored) run.program.restore(tensors);
  if (known !== undefined) return known.action === "stop" ? "ended" : "restored";
  const isLast = iteration === run.options.iterations;
  const action = guard === "stop" || isLast || guarded.length >= MOST_LOWERINGS ? "stop" : "lower";
  run.report({ kind: "guard", iteration, accuracy, accuracyBefore: before, action, restored });
  const fall = `the accuracy fell from ${percent(before)} to ${percent(accuracy)}`;
  const consequence = action === "stop" ? "training ends" : "training goes on at a tenth of the rate";
  run.note(`after ${iteration} steps ${fall}: the weights are those after ${restored} steps again, and ${consequence}`);
  return action === "stop" ? "ended" : "restored";
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
