import { createHash } from "node:crypto";
import type { FaceDataset } from "../../base/data/index.ts";
import { findLoss } from "../losses/index.ts";
import type { ResolvedOptions, TrainingOptions } from "./options.ts";

/**
 * Digest of what a resumed run must have in common with its first part. It may write checkpoints and log lines at other
 * intervals, and have another number of steps: a longer run continues with the longer run's schedule.
 */
export function fingerprint(options: ResolvedOptions, dataset: FaceDataset): string {
  const { iterations, checkpointEvery, logEvery, verifyEvery, device, measureLowerings, ...computed } = options;
  const { identityCount, sampleCount, labels } = dataset;
  const text = JSON.stringify([computed, identityCount, sampleCount]);
  return createHash("sha256").update(text).update(new Uint8Array(labels.buffer)).digest("hex");
}

/** Whether a checkpoint's fingerprint belongs to a run: its own, or one of those that earlier versions wrote. */
export function isFingerprintOf(
  found: string,
  given: TrainingOptions,
  options: ResolvedOptions,
  dataset: FaceDataset,
): boolean {
  const losses = [options.loss, ...formerLosses(given)];
  return losses.some((loss) => found === fingerprint({ ...options, loss }, dataset));
}

/**
 * The loss as earlier versions wrote it: as the caller gave it, or with former names, also in the command line's order.
 */
function formerLosses({ loss }: TrainingOptions): ResolvedOptions["loss"][] {
  if (loss === undefined || "build" in loss) return [];
  const { name, ...options } = loss;
  const schema = findLoss(name).options;
  const named = Object.fromEntries(
    Object.entries(options).map(([key, value]) => [schema[key]?.formerNames?.[0] ?? key, value]),
  );
  const ordered = FORMER_ORDER.flatMap((key) => (named[key] === undefined ? [] : [[key, named[key]]]));
  return [
    { name, ...options },
    { name, ...named },
    { name, ...Object.fromEntries(ordered) },
  ];
}

/** The order in which the command line used to write the options of a loss. */
const FORMER_ORDER = ["margin", "marginRadians", "multiplier", "scale", "lambda", "weight"];
