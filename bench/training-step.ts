/**
 * Images per second of a whole training step (forward, backward, SGD), beside PyTorch's on the same machine when Debian's
 * python3-torch is installed. Rounds alternate between the two, so that what else the machine does hits both; the best
 * round of each counts.
 *
 *   npm run bench [-- --rounds 3 --steps 4 --networks sphere4,sphere20]
 */
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cosFace } from "../src/losses/index.ts";
import { configureNetwork, findNetwork } from "../src/nn/index.ts";
import { sgd } from "../src/optim/index.ts";
import { PAPER_NORMALIZATION, StepProgram } from "../src/train/index.ts";

const { values } = parseArgs({
  options: {
    networks: { type: "string", default: "sphere4,sphere20,iresnet18,mobilefacenet" },
    rounds: { type: "string", default: "3" },
    steps: { type: "string", default: "3" },
    batch: { type: "string", default: "32" },
    threads: { type: "string", default: String(availableParallelism()) },
  },
});
const [rounds, steps, batchSize, threads] = [values.rounds, values.steps, values.batch, values.threads].map(Number) as [
  number,
  number,
  number,
  number,
];
const IDENTITIES = 1000;

/** Images per second of one round of steps. */
async function measureOurs(program: StepProgram, [height, width]: readonly [number, number]): Promise<number> {
  const images = Uint8Array.from({ length: batchSize * height * width * 3 }, (_, i) => (i * 31) % 256);
  const labels = Int32Array.from({ length: batchSize }, (_, i) => i % IDENTITIES);
  const scalars = { learningRate: 1e-4, margin: 0.35, lambda: 5, stepNumber: 1 };
  const start = performance.now();
  await program.run(Array.from({ length: steps }, () => ({ batch: { images, labels }, scalars })));
  return (1000 * batchSize * steps) / (performance.now() - start);
}

/** The same by PyTorch, or undefined where it is not installed. */
function measurePyTorch(network: string): number | undefined {
  const script = join(import.meta.dirname, "training_step.py");
  const words = [script, network, String(batchSize), String(steps), String(threads), String(IDENTITIES)];
  try {
    return Number(execFileSync("/usr/bin/python3", words, { stdio: ["ignore", "pipe", "ignore"] }).toString());
  } catch {
    return undefined;
  }
}

console.log(
  `batch ${batchSize}, ${IDENTITIES} identities, ${threads} threads, best of ${rounds} rounds of ${steps} steps`,
);
for (const name of values.networks.split(",")) {
  const network = configureNetwork(findNetwork(name));
  const program = await StepProgram.create(
    {
      network,
      loss: cosFace({ scale: 30 }),
      optimizer: sgd(),
      batchSize,
      identityCount: IDENTITIES,
      normalization: PAPER_NORMALIZATION,
    },
    1,
    { threads },
  );
  let ours = 0;
  let theirs: number | undefined;
  for (let round = 0; round < rounds; round++) {
    ours = Math.max(ours, await measureOurs(program, network.inputSize));
    const measured = measurePyTorch(network.name);
    if (measured !== undefined) theirs = Math.max(theirs ?? 0, measured);
  }
  await program.close();
  const comparison =
    theirs === undefined
      ? "PyTorch not installed"
      : `PyTorch ${theirs.toFixed(1)}, ratio ${(ours / theirs).toFixed(2)}`;
  console.log(`${network.name.padEnd(18)} ${ours.toFixed(1).padStart(7)} images/s   ${comparison}`);
}
