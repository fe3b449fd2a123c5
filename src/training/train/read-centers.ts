import { TrainingError } from "../../base/core/index.ts";
import { CENTERS, floats } from "../losses/index.ts";
import { type Checkpoint, loadCheckpoint } from "./checkpoint.ts";

/** The class centers of a run: the rows of the last weight matrix, one direction for each identity. */
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

/** Class centers of a checkpoint. @throws {TrainingError} when the run's loss has none. */
export function centersOf({ iteration, state }: Checkpoint): RunCenters {
  const centers = state[CENTERS];
  if (centers === undefined) {
    throw new TrainingError("geometry: got a run whose loss has no class centers, expected one with centers");
  }
  const [identities = 0, dimension = 0] = centers.shape;
  return { iteration, identities, dimension, weights: floats(state, CENTERS) };
}
