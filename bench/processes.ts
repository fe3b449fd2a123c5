/** Measurements in separate processes: this project in TypeScript, PyTorch in Python. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpTime } from "./profile.ts";

/** The output of network.ts and network_peer.py. */
export type ProcessResult = { readonly imagesPerSecond: number; readonly peakBytes: number };

/** A job on a network, the same for both sides. */
export type Job = {
  readonly job: "train" | "inference";
  readonly network: string;
  readonly batchSize: number;
  readonly threads: number;
  /** Images after the warm-up; at least a few steps of the batch. */
  readonly imageCount: number;
};

const IDENTITIES = 1000;
const FEWEST_STEPS = 3;
const MOST_STEPS = 40;
/** A profile contains every node of every step. */
const PROFILED_STEPS = 5;

/** Debian packages with PyTorch. */
export const PYTORCH_PACKAGES = "python3-torch and libopenblas0-pthread";
const PYTHON = "/usr/bin/python3";

/** Runs a job with this project. */
export function runOurs(job: Job): ProcessResult {
  return JSON.parse(runScript("network.ts", words(job))) as ProcessResult;
}

/** Runs a job with PyTorch. */
export function runPyTorch(job: Job): ProcessResult {
  return JSON.parse(runPeer(words(job))) as ProcessResult;
}

/** Times of a job by op type, with this project. */
export function profileOurs(job: Job): OpTime[] {
  const folder = mkdtempSync(join(tmpdir(), "cosface-profile-"));
  try {
    return JSON.parse(runScript("network.ts", [...words(job, PROFILED_STEPS), folder])) as OpTime[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The largest difference between the embeddings of both sides, as a share of the largest number. */
export function embeddingDifference({ network, batchSize, threads }: Omit<Job, "job" | "imageCount">): number {
  const output = runScript("agreement.ts", [network, String(batchSize), String(threads)]);
  return (JSON.parse(output) as { difference: number }).difference;
}

/** Whether PyTorch is installed for Debian's Python. */
export function hasPyTorch(): boolean {
  try {
    execFileSync(PYTHON, ["-c", "import torch"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function words({ job, network, batchSize, threads, imageCount }: Job, mostSteps = MOST_STEPS): string[] {
  const steps = Math.min(mostSteps, Math.max(FEWEST_STEPS, Math.round(imageCount / batchSize)));
  return [job, network, ...[batchSize, steps, threads, IDENTITIES].map(String)];
}

function runScript(script: string, args: readonly string[]): string {
  return run(process.execPath, ["--import", "tsx", join(import.meta.dirname, script), ...args]);
}

/** Runs network_peer.py. */
export function runPeer(args: readonly string[]): string {
  return run(PYTHON, [join(import.meta.dirname, "network_peer.py"), ...args]);
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { stdio: ["ignore", "pipe", "inherit"], env: peerEnvironment() }).toString();
}

/** The environment without settings that limit OpenBLAS on new processors, so that the reference runs at its best. */
function peerEnvironment(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...rest } = process.env;
  return rest;
}
