import { createHash } from "node:crypto";
import { datasetDigest, type FaceDataset } from "../../base/data/index.ts";
import { findLoss } from "../losses/index.ts";
import type { ResolvedOptions, TrainingOptions } from "./options.ts";

/** Begins every fingerprint of the present form: "2:OPTIONS:DATA". */
const FORM = "2:";

/**
 * Identifies in a checkpoint what a resumed run must have in common with its first part: the options that decide what
 * is computed, and the people and samples that the labels stand for. A resumed run may write checkpoints and log lines
 * at other intervals, and have another number of steps: a longer run continues with the longer run's schedule.
 */
export function fingerprint(options: ResolvedOptions, dataset: FaceDataset): string {
  const digest = createHash("sha256")
    .update(JSON.stringify(sorted(computedOptions(options))))
    .digest("hex");
  return `${FORM}${digest}:${datasetDigest(dataset)}`;
}

/**
 * Compares a checkpoint's fingerprint with the one of a run. Returns the part that differs, or undefined if the
 * checkpoint belongs to the run. Checkpoints of earlier versions know labels only, not the people behind them.
 */
export function differingPart(
  found: string,
  given: TrainingOptions,
  options: ResolvedOptions,
  dataset: FaceDataset,
): "options" | "data" | "options or data" | undefined {
  const expected = fingerprint(options, dataset);
  if (found === expected) return undefined;
  if (found.startsWith(FORM)) return found.split(":")[1] === expected.split(":")[1] ? "data" : "options";
  const losses = [options.loss, ...formerLosses(given)];
  const isFormer = losses.some((loss) => found === formerFingerprint({ ...options, loss }, dataset));
  return isFormer ? undefined : "options or data";
}

/**
 * Whether the labels of a data set stand for the people and samples of a checkpoint's run; true for a checkpoint of an
 * earlier version, which does not know.
 */
export function isDataOf(found: string, dataset: FaceDataset): boolean {
  return !found.startsWith(FORM) || found.split(":")[2] === datasetDigest(dataset);
}

function computedOptions(options: ResolvedOptions): Partial<ResolvedOptions> {
  const { iterations, checkpointEvery, logEvery, verifyEvery, device, measureLowerings, from, ...computed } = options;
  // A guard acts at verifications. The file itself is in the name of the network.
  if (computed.fineTuning !== undefined && verifyEvery !== undefined) return { ...computed, verifyEvery };
  return computed;
}

/** A JSON value with the keys of each object in alphabetical order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/** The fingerprint of earlier versions: options in the order in which they were given, and labels. */
function formerFingerprint(options: ResolvedOptions, { identityCount, sampleCount, labels }: FaceDataset): string {
  const text = JSON.stringify([computedOptions(options), identityCount, sampleCount]);
  return createHash("sha256").update(text).update(new Uint8Array(labels.buffer)).digest("hex");
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
