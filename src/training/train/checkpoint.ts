/**
 * Checkpoints: everything that a run needs to continue as if it had never stopped. A file is written under another
 * name, flushed to the disk and renamed, so that a checkpoint is complete or absent, whenever the process is killed.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { TrainingError } from "../../base/core/index.ts";
import { writeAtomically } from "../../base/files/index.ts";
import type { LoweringChoices, Tensors } from "../../compiler/runtime/index.ts";
import { encodeTensors, readTensors } from "./safetensors.ts";

export type Checkpoint = {
  /** Steps done. */
  readonly iteration: number;
  /** Steps that the run was planned for. */
  readonly iterations: number;
  readonly state: Tensors;
  /** How convolution gradients were computed: other lowerings round differently. */
  readonly choices: LoweringChoices;
  /** What a resumed run must have in common with this one; see fingerprint.ts. */
  readonly fingerprint: string;
};

/** How many checkpoints are kept: the newest, and the one before it in case a disk failed. */
const KEPT = 2;

const NAME = /^checkpoint-(\d+)\.safetensors$/;
const fileName = (iteration: number) => `checkpoint-${String(iteration).padStart(8, "0")}.safetensors`;

/** Saves a checkpoint into a run's folder and removes those that are older than the last two. */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<string> {
  const { iteration, iterations, state, choices, fingerprint } = checkpoint;
  const parts = encodeTensors(state, {
    format: "cosface-checkpoint-1",
    iteration: String(iteration),
    iterations: String(iterations),
    choices: JSON.stringify(choices),
    fingerprint,
  });
  const path = join(folder, fileName(iteration));
  await writeAtomically(path, parts);
  const older = (await checkpointNames(folder)).slice(KEPT);
  await Promise.all(older.map((name) => rm(join(folder, name), { force: true })));
  return path;
}

/** The newest checkpoint of a run, or undefined if it has none. @throws {TrainingError} when it is damaged. */
export async function loadCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  const [newest] = await checkpointNames(folder);
  if (newest === undefined) return undefined;
  const { tensors, metadata } = await readTensors(join(folder, newest));
  if (metadata.format !== "cosface-checkpoint-1") {
    throw new TrainingError(`${newest}: got format '${metadata.format}', expected 'cosface-checkpoint-1'`);
  }
  return {
    iteration: Number(metadata.iteration),
    iterations: Number(metadata.iterations),
    state: tensors,
    choices: JSON.parse(metadata.choices ?? "{}") as LoweringChoices,
    fingerprint: metadata.fingerprint ?? "",
  };
}

/** Names of checkpoints, the newest first. */
async function checkpointNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => NAME.test(name)).sort((a, b) => (a < b ? 1 : -1));
}
