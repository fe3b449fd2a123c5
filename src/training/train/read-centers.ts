import { TrainingError } from "../../base/core/index.ts";
import { CENTERS } from "../losses/index.ts";
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

/** Class centers of a run's newest checkpoint. @throws {TrainingError} when the folder has none, or it is damaged. */
export async function readCenters(folder: string): Promise<RunCenters> {
  return centersOf(await loadCheckpoint(folder));
}

/** Class centers of a checkpoint. @throws {TrainingError} when there is none. */
export function centersOf(checkpoint: Checkpoint | undefined): RunCenters {
  const centers = checkpoint?.state[CENTERS];
  if (checkpoint === undefined || centers === undefined) {
    throw new TrainingError("geometry: got a folder without a checkpoint, expected that of a run of cosface train");
  }
  const [identities = 0, dimension = 0] = centers.shape;
  return { iteration: checkpoint.iteration, identities, dimension, weights: centers.data as Float32Array };
}
