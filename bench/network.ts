/**
 * One measurement of a network, in a process of its own so that its peak memory is its own: training steps or inference,
 * after two rounds to warm up: the runtime's memory grows until the second. Prints a line of JSON, as network_peer.py does for PyTorch.
 *
 *   tsx bench/network.ts train|inference NETWORK BATCH STEPS THREADS IDENTITIES
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { random } from "../src/core/index.ts";
import { openEmbedder } from "../src/embedder/index.ts";
import { cosFace } from "../src/losses/index.ts";
import { buildNetwork, configureNetwork, findNetwork, type Network } from "../src/nn/index.ts";
import { sgd } from "../src/optim/index.ts";
import { exportModel, PAPER_NORMALIZATION, StepProgram } from "../src/train/index.ts";

/** Rounds as long as the measured one; network_peer.py's are as many. */
const WARM_UPS = 2;

const [job, name, ...numbers] = process.argv.slice(2) as [string, string, ...string[]];
const [batchSize, stepCount, threads, identityCount] = numbers.map(Number) as [number, number, number, number];
const network = configureNetwork(findNetwork(name));
const [height, width] = network.inputSize;
const work = job === "train" ? await training(network) : await inference(network);

for (let i = 0; i < WARM_UPS; i++) await work(stepCount);
const start = performance.now();
await work(stepCount);
const seconds = (performance.now() - start) / 1000;
console.log(
  JSON.stringify({
    imagesPerSecond: (batchSize * stepCount) / seconds,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);

/** Runs so many steps of training. */
type Work = (count: number) => Promise<unknown>;

async function training(network: Network): Promise<Work> {
  const loss = cosFace({ scale: 30 });
  const description = { network, loss, optimizer: sgd(), batchSize, identityCount, normalization: PAPER_NORMALIZATION };
  const program = await StepProgram.create(description, 1, { threads });
  const batch = {
    images: Uint8Array.from({ length: batchSize * height * width * 3 }, (_, i) => (i * 31) % 256),
    labels: Int32Array.from({ length: batchSize }, (_, i) => i % identityCount),
  };
  const scalars = { learningRate: 1e-4, margin: 0.35, lambda: 5, stepNumber: 1 };
  return (count) => program.run(Array.from({ length: count }, () => ({ batch, scalars })));
}

/** Embeds as every user of a model file does: bytes of pictures in, embeddings out. */
async function inference(network: Network): Promise<Work> {
  const { scope } = buildNetwork(network, 1);
  const state = [...scope.parameters, ...scope.statistics].map(({ name, shape, initializer }) => {
    const data = initializer(shape, random(1, "initialize", name));
    return [name, { type: "f32", shape, data }] as const;
  });
  const folder = await mkdtemp(join(tmpdir(), "cosface-bench-"));
  const file = join(folder, "model.onnx");
  await writeFile(file, exportModel(network, Object.fromEntries(state), PAPER_NORMALIZATION));
  const embedder = await openEmbedder(file, {}, { threads });
  await rm(folder, { recursive: true });
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 31) % 256);
  const images = Array.from({ length: batchSize }, () => ({ width, height, data }));
  return async (count) => {
    for (let i = 0; i < count; i++) await embedder.embed(images);
  };
}
