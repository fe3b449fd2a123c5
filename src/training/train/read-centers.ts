import { TrainingError } from "../../base/core/index.ts";
import type { Tensors } from "../../compiler/runtime/index.ts";
import { CENTER_SHARES, CENTERS, dominantCenters, floats } from "../losses/index.ts";
import { type Checkpoint, loadCheckpoint } from "./checkpoint.ts";

/**
 * The class centers of a run: one direction for each identity. Of a loss with several centers an identity these are the
 * dominant ones.
 */
export type RunCenters = {
  /** Steps done when they were saved. */
  readonly iteration: number;
  readonly identities: number;
  readonly dimension: number;
  /** `f32[identities, dimension]`, rows of any length. */
  readonly weights: Float32Array;
};

/**
 * Class centers of a run's newest checkpoint.
 *
 * @throws {TrainingError} when the folder has no checkpoint, the checkpoint is damaged, or the run's loss has no
 *   centers.
 */
export async function readCenters(folder: string): Promise<RunCenters> {
  return centersOf(await requireCheckpoint(folder));
}

/** The newest checkpoint of a run. @throws {TrainingError} when the folder has none, or it is damaged. */
export async function requireCheckpoint(folder: string): Promise<Checkpoint> {
  const checkpoint = await loadCheckpoint(folder);
  if (checkpoint !== undefined) return checkpoint;
  throw new TrainingError("geometry: got a folder without a checkpoint, expected the folder of a run of cosface train");
}

/**
 * Class centers of a checkpoint, the dominant one of each identity.
 *
 * @throws {TrainingError} when the run's loss has none.
 */
export function centersOf({ iteration, state }: Checkpoint): RunCenters {
  return { iteration, ...dominantOf(allCenters(state), state) };
}

/** All class centers of a state. */
export type AllCenters = {
  readonly identities: number;
  readonly perIdentity: number;
  readonly dimension: number;
  /** `f32[identities · perIdentity, dimension]`: rows j·perIdentity and on are of identity j. */
  readonly weights: Float32Array;
};

/** All class centers of a state. @throws {TrainingError} when the loss has none. */
export function allCenters(state: Tensors): AllCenters {
  const centers = state[CENTERS];
  if (centers === undefined) {
    throw new TrainingError("geometry: got a run whose loss has no class centers, expected one with centers");
  }
  const [rowCount = 0, dimension = 0] = centers.shape;
  const perIdentity = state[CENTER_SHARES]?.shape[1] ?? 1;
  return { identities: rowCount / perIdentity, perIdentity, dimension, weights: floats(state, CENTERS) };
}

/** Of several centers an identity the one to which most of its images were nearest in the last steps of training. */
export function dominantOf(
  { identities, perIdentity, dimension, weights }: AllCenters,
  state: Tensors,
): Omit<RunCenters, "iteration"> {
  if (perIdentity === 1) return { identities, dimension, weights };
  const kept = new Float32Array(identities * dimension);
  for (const [identity, index] of dominantCenters(floats(state, CENTER_SHARES), perIdentity).entries()) {
    const row = (identity * perIdentity + index) * dimension;
    kept.set(weights.subarray(row, row + dimension), identity * dimension);
  }
  return { identities, dimension, weights: kept };
}
