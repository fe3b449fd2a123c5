/** Measurements that are processes of their own, ours in TypeScript and PyTorch's in Python. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** What a process of network.ts or network_peer.py prints. */
export type ProcessResult = { readonly imagesPerSecond: number; readonly peakBytes: number };

/** A job on a network, as both sides take it. */
export type Job = {
  readonly job: "train" | "inference";
  readonly network: string;
  readonly batchSize: number;
  readonly threads: number;
};

const IDENTITIES = 1000;
/** Images after warming up: enough for a few steps of the largest batch. */
const IMAGES = 256;
const FEWEST_STEPS = 3;
const MOST_STEPS = 40;

/** Debian's packages that bring the other side. */
export const PYTORCH_PACKAGES = "python3-torch and libopenblas0-pthread";
const PYTHON = "/usr/bin/python3";

/** Our side of a job. */
export function runOurs(job: Job): ProcessResult {
  return run(process.execPath, ["--import", "tsx", join(import.meta.dirname, "network.ts"), ...words(job)]);
}

/** PyTorch's side. */
export function runPyTorch(job: Job): ProcessResult {
  return run(PYTHON, [join(import.meta.dirname, "network_peer.py"), ...words(job)]);
}

/** Whether PyTorch is installed, for Debian's Python. */
export function hasPyTorch(): boolean {
  try {
    execFileSync(PYTHON, ["-c", "import torch"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function words({ job, network, batchSize, threads }: Job): string[] {
  const steps = Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, Math.round(IMAGES / batchSize)));
  return [job, network, ...[batchSize, steps, threads, IDENTITIES].map(String)];
}

function run(command: string, args: readonly string[]): ProcessResult {
  const output = execFileSync(command, args, { stdio: ["ignore", "pipe", "inherit"], env: peerEnvironment() });
  return JSON.parse(output.toString()) as ProcessResult;
}

/** Without settings that hold OpenBLAS back on new processors: the other side is measured at its best. */
function peerEnvironment(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...rest } = process.env;
  return rest;
}
