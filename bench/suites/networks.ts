/** Training steps and inference of networks beside PyTorch, as rates, as memory and as a share of the GEMM ceiling. */
import { measureMachine } from "../../src/cli/machine-speed.ts";
import { configureNetwork, findNetwork, networkCost } from "../../src/nn/index.ts";
import { type Measurement, type Suite, type SuiteOptions, summarize } from "../measurement.ts";
import { hasPyTorch, type Job, type ProcessResult, PYTORCH_PACKAGES, runOurs, runPyTorch } from "../processes.ts";

/** Forward, and both gradients of each product. */
const PASSES = { train: 3, inference: 1 } as const;

/** Images per second and peak memory of `job` for each network and batch size. */
export function networkSuite(job: Job["job"]): Suite {
  return async ({ rounds, threads, networks, batchSizes, onProgress }: SuiteOptions) => {
    const isPaired = hasPyTorch();
    if (!isPaired) onProgress(`PyTorch is not installed: Debian's ${PYTORCH_PACKAGES} bring it`);
    const { matmulGflops } = await measureMachine("cpu", threads);
    const results: Measurement[] = [];
    for (const network of networks) {
      for (const batchSize of batchSizes) {
        const what = `${job} ${network}, batch ${batchSize}`;
        const pairs: { ours: ProcessResult; theirs: ProcessResult | undefined }[] = [];
        for (let round = 0; round < rounds; round++) {
          onProgress(`${what}, round ${round + 1} of ${rounds}`);
          const task = { job, network: findNetwork(network).name, batchSize, threads };
          pairs.push({ ours: runOurs(task), theirs: isPaired ? runPyTorch(task) : undefined });
        }
        const runs = (value: (result: ProcessResult) => number): Measurement["runs"] =>
          pairs.map(({ ours, theirs }) => ({
            value: value(ours),
            reference: theirs === undefined ? null : value(theirs),
          }));
        const rate = runs(({ imagesPerSecond }) => imagesPerSecond);
        const flops = 2 * PASSES[job] * networkCost(configureNetwork(findNetwork(network))).macs;
        results.push(
          summarize({ measure: what, unit: "images/s", against: "PyTorch" }, rate),
          summarize(
            { measure: `${what}: arithmetic`, unit: "GFLOP/s", against: "GEMM ceiling" },
            rate.map(({ value }) => ({ value: (value * flops) / 1e9, reference: matmulGflops })),
          ),
          summarize(
            { measure: `${what}: peak memory`, unit: "MiB", against: "PyTorch" },
            runs(({ peakBytes }) => peakBytes / 2 ** 20),
          ),
        );
      }
    }
    return results;
  };
}
