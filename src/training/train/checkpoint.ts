/**
 * Checkpoints: everything that a run needs to continue as if it had never stopped. A file is written under another
 * name, flushed to the disk and renamed, so that a checkpoint is complete or absent, whenever the process is killed. It
 * holds a digest of itself, so that a run does not continue with weights that a disk or a copy has altered.
 */
import { createHash } from "node:crypto";
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

const FORMAT = "cosface-checkpoint-1";
/** Keys of the metadata; `sha256` is missing in checkpoints of earlier versions. */
const KEYS = ["format", "iteration", "iterations", "choices", "fingerprint", "sha256"];

const NAME = /^checkpoint-(\d+)\.safetensors$/;
const fileName = (iteration: number) => `checkpoint-${String(iteration).padStart(8, "0")}.safetensors`;

/** Saves a checkpoint into a run's folder and removes those that are older than the last two. */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<string> {
  const { iteration, iterations, state, choices, fingerprint } = checkpoint;
  const metadata = {
    format: FORMAT,
    iteration: String(iteration),
    iterations: String(iterations),
    choices: JSON.stringify(choices),
    fingerprint,
  };
  const parts = encodeTensors(state, { ...metadata, sha256: digestOf(state, metadata) });
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
  const path = join(folder, newest);
  const { tensors, metadata } = await readTensors(path);
  if (metadata.format !== FORMAT) {
    throw new TrainingError(`${newest}: got format '${metadata.format}', expected '${FORMAT}'`, { file: path });
  }
  const { sha256, ...others } = metadata;
  const iteration = stepCount(metadata.iteration);
  const iterations = stepCount(metadata.iterations);
  const choices = parseChoices(metadata.choices ?? "{}");
  const isAltered =
    Object.keys(metadata).some((key) => !KEYS.includes(key)) ||
    (sha256 !== undefined && sha256 !== digestOf(tensors, others));
  if (isAltered || iteration === undefined || iterations === undefined || choices === undefined) {
    throw new TrainingError(`${newest}: its bytes were altered: this checkpoint is damaged, use an earlier one`, {
      file: path,
    });
  }
  return { iteration, iterations, state: tensors, choices, fingerprint: metadata.fingerprint ?? "" };
}

/** SHA-256 of all that a checkpoint holds, in hexadecimal digits. */
function digestOf(tensors: Tensors, metadata: Readonly<Record<string, string>>): string {
  const shapes = Object.entries(tensors).map(([name, { shape }]) => [name, shape]);
  const hash = createHash("sha256").update(JSON.stringify([metadata, shapes]));
  for (const { data } of Object.values(tensors)) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

/** A number of steps; undefined for a text that is not one. */
function stepCount(text: string | undefined): number | undefined {
  const count = Number(text);
  return text !== undefined && /^\d+$/.test(text) && Number.isSafeInteger(count) ? count : undefined;
}

/** How operations were lowered, by name; undefined for a text that does not say it. */
function parseChoices(text: string): LoweringChoices | undefined {
  let choices: unknown;
  try {
    choices = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isByName = typeof choices === "object" && choices !== null && !Array.isArray(choices);
  if (!isByName || !Object.values(choices as object).every((name) => typeof name === "string")) return undefined;
  return choices as LoweringChoices;
}

/** Names of checkpoints, the newest first. */
async function checkpointNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => NAME.test(name)).sort((a, b) => (a < b ? 1 : -1));
}
