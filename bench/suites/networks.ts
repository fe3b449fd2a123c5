/** Training steps and inference of networks compared with PyTorch: rate, memory and share of the GEMM ceiling. */
import { measureMachine } from "../../src/cli/machine-speed.ts";
import { configureNetwork, findNetwork, networkCost } from "../../src/training/nn/index.ts";
import { type Measurement, type Suite, type SuiteOptions, summarize } from "../measurement.ts";
import {
  embeddingDifference,
  hasPyTorch,
  type Job,
  type ProcessResult,
  PYTORCH_PACKAGES,
  profileOurs,
  runOurs,
  runPyTorch,
} from "../processes.ts";

/** The forward pass, and two gradients of each product. */
const PASSES = { train: 3, inference: 1 } as const;
/** Largest allowed difference of embeddings, as a share of the largest number: above the rounding of any network. */
const LARGEST_DIFFERENCE = 1e-4;
/** Images that both sides embed before the measurement: enough for the inference form for batches. */
const COMPARED_IMAGES = 16;
/** Ops with a smaller share are omitted from a profile. */
const SMALLEST_SHARE = 0.01;

/** Images per second and peak memory of `job` for each network, batch size and number of threads. */
export function networkSuite(job: Job["job"]): Suite {
  return async (options) => {
    const { networks, batchSizes, threadCounts, threads, imageCount, isProfiled, onProgress } = options;
    const isPaired = !isProfiled && hasPyTorch();
    if (!isProfiled && !isPaired) onProgress(`PyTorch is not installed: Debian's ${PYTORCH_PACKAGES} contain it`);
    const results: Measurement[] = [];
    for (const name of networks) {
      const network = findNetwork(name).name;
      if (isPaired) requireAgreement(network, threads, onProgress);
      for (const batchSize of batchSizes) {
        for (const count of threadCounts) {
          const what = `${job} ${name}, batch ${batchSize}${threadCounts.length > 1 ? `, ${count} threads` : ""}`;
          const task = { job, network, batchSize, threads: count, imageCount };
          results.push(
            ...(isProfiled ? breakDown(what, task, onProgress) : await compare(what, task, isPaired, options)),
          );
        }
      }
    }
    return results;
  };
}

/** @throws {Error} when the sides do not compute the same. */
function requireAgreement(network: string, threads: number, onProgress: SuiteOptions["onProgress"]): void {
  const difference = embeddingDifference({ network, batchSize: COMPARED_IMAGES, threads });
  onProgress(`${network}: embeddings differ from PyTorch's by ${difference.toExponential(1)} of the largest number`);
  if (difference < LARGEST_DIFFERENCE) return;
  throw new Error(
    `${network}: embeddings differ from PyTorch's by ${difference}, expected below ${LARGEST_DIFFERENCE}`,
  );
}

async function compare(
  what: string,
  task: Job,
  isPaired: boolean,
  { rounds, onProgress }: SuiteOptions,
): Promise<Measurement[]> {
  const results: { ours: ProcessResult; theirs: ProcessResult | undefined; ceiling: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    onProgress(`${what}, round ${round + 1} of ${rounds}`);
    const { matmulGflops: ceiling } = await measureMachine("cpu", task.threads);
    results.push({ ours: runOurs(task), theirs: isPaired ? runPyTorch(task) : undefined, ceiling });
  }
  const runs = (value: (result: ProcessResult) => number): Measurement["runs"] =>
    results.map(({ ours, theirs }) => ({
      value: value(ours),
      reference: theirs === undefined ? null : value(theirs),
    }));
  const flops = 2 * PASSES[task.job] * networkCost(configureNetwork(findNetwork(task.network))).macs;
  return [
    summarize(
      { measure: what, unit: "images/s", against: "PyTorch" },
      runs(({ imagesPerSecond }) => imagesPerSecond),
    ),
    summarize(
      { measure: `${what}: arithmetic`, unit: "GFLOP/s", against: "GEMM ceiling" },
      results.map(({ ours, ceiling }) => ({ value: (ours.imagesPerSecond * flops) / 1e9, reference: ceiling })),
    ),
    summarize(
      { measure: `${what}: peak memory`, unit: "MiB", against: "PyTorch" },
      runs(({ peakBytes }) => peakBytes / 2 ** 20),
    ),
  ];
}

/** Milliseconds of a step by op type, and those on one thread, each compared with the whole. */
function breakDown(what: string, task: Job, onProgress: SuiteOptions["onProgress"]): Measurement[] {
  onProgress(`${what}, profile`);
  const times = profileOurs(task);
  const whole = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const line = (part: string, value: number): Measurement =>
    summarize({ measure: `${what}: ${part}`, unit: "ms", against: "all ops" }, [{ value, reference: whole }]);
  return [
    ...times
      .filter(({ milliseconds }) => milliseconds >= SMALLEST_SHARE * whole)
      .map(({ op, milliseconds }) => line(op, milliseconds)),
    line(
      "on one thread",
      times.reduce((sum, { onOneThread }) => sum + onOneThread, 0),
    ),
  ];
}
