/**
 * One measurement of a network in a separate process, to measure its peak memory: training steps or inference, after
 * two rounds of warm-up, since the memory of the runtime grows until the second. Prints a line of JSON, as
 * network_peer.py does for PyTorch. With a folder, it writes ONNX Runtime's profiles there instead, and prints the
 * times by op type.
 *
 *   tsx bench/network.ts train|inference NETWORK BATCH STEPS THREADS IDENTITIES [FOLDER]
 */
import { join } from "node:path";
import type { SessionOptions } from "../src/compiler/runtime/index.ts";
import { cosFace } from "../src/training/losses/index.ts";
import { configureNetwork, findNetwork, type Network } from "../src/training/nn/index.ts";
import { sgd } from "../src/training/optim/index.ts";
import { PAPER_NORMALIZATION, WholeProgram } from "../src/training/train/index.ts";
import { StepsPerCall } from "../src/training/train/steps-per-call.ts";
import { drawParameters, openDrawn, patternImages } from "./drawn-network.ts";
import { readProfiles } from "./profile.ts";

/** Warm-up rounds, each as long as the measured one; network_peer.py has the same number. */
const WARM_UPS = 2;

const [job, name, ...words] = process.argv.slice(2) as [string, string, ...string[]];
const [batchSize, stepCount, threads, identityCount] = words.map(Number) as [number, number, number, number];
const folder = words[4];
const network = configureNetwork(findNetwork(name));
const { run, close } = await (job === "train" ? training : inference)(network, {
  threads,
  ...(folder === undefined ? {} : { profilePrefix: join(folder, "profile") }),
});

if (folder === undefined) {
  for (let i = 0; i < WARM_UPS; i++) await run(stepCount);
  const start = performance.now();
  await run(stepCount);
  const seconds = (performance.now() - start) / 1000;
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ imagesPerSecond: (batchSize * stepCount) / seconds, peakBytes }));
} else {
  for (let i = 0; i < 2; i++) await run(stepCount);
  await close();
  console.log(JSON.stringify(readProfiles(folder, stepCount)));
}

/** Runs a number of training steps or batches; closing writes the profiles. */
type Work = { readonly run: (count: number) => Promise<unknown>; readonly close: () => Promise<void> };

async function training(network: Network, options: SessionOptions): Promise<Work> {
  const loss = cosFace({ scale: 30 });
  const description = { network, loss, optimizer: sgd(), batchSize, identityCount, normalization: PAPER_NORMALIZATION };
  const program = await WholeProgram.create(description, { ...options, seed: 1 });
  const batch = {
    images: Uint8Array.from(
      { length: batchSize * 3 * network.inputSize[0] * network.inputSize[1] },
      (_, i) => (i * 31) % 256,
    ),
    labels: Int32Array.from({ length: batchSize }, (_, i) => i % identityCount),
  };
  const scalars = { learningRate: 1e-4, margin: 0.35, stepNumber: 1 };
  // The steps per call of the trainer; one call for a profile, which is evaluated by calls.
  const stepsPerCall = new StepsPerCall();
  const isProfiled = options.profilePrefix !== undefined;
  return {
    run: async (count) => {
      for (let left = count; left > 0; ) {
        const length = Math.min(left, isProfiled ? count : stepsPerCall.count);
        const steps = Array.from({ length }, () => ({ batch, scalars }));
        await stepsPerCall.time(steps.length, () => program.run(steps));
        left -= steps.length;
      }
    },
    close: () => program.close(),
  };
}

/** Embeds as users of a model file do: from image bytes to embeddings. */
async function inference(network: Network, options: SessionOptions): Promise<Work> {
  const embedder = await openDrawn(network, drawParameters(network), options);
  const images = patternImages(batchSize, network);
  return {
    run: async (count) => {
      for (let i = 0; i < count; i++) await embedder.embed(images);
    },
    close: () => embedder.close(),
  };
}
