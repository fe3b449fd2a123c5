/**
 * Steps of a head over class centers in a separate process, to measure its peak memory. Prints a line of JSON.
 *
 *   tsx bench/head.ts IDENTITIES SHARE BATCH STEPS THREADS
 */
import { random } from "../src/base/core/index.ts";
import { SampledHead } from "../src/training/heads/index.ts";
import { cosFace } from "../src/training/losses/index.ts";
import { sgd } from "../src/training/optim/index.ts";

const EMBEDDING_SIZE = 512;
const [identityCount, share, batchSize, stepCount, threads] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number,
  number,
];

const stream = random(1);
const head = await SampledHead.create({
  loss: cosFace(),
  optimizer: sgd(),
  identityCount,
  embeddingSize: EMBEDDING_SIZE,
  batchSize,
  share,
  threads,
});
// Zeros that were never written take no memory: a trained head's velocities do.
for (const { data } of Object.values(head.state)) for (let i = 0; i < data.length; i += 1024) data[i] = data[i]!;
const embeddings = Float32Array.from({ length: batchSize * EMBEDDING_SIZE }, () => stream.normal());
const milliseconds: number[] = [];
for (let stepNumber = 0; stepNumber <= stepCount; stepNumber++) {
  const labels = Int32Array.from({ length: batchSize }, () => stream.integer(identityCount));
  const start = performance.now();
  await head.step(embeddings, labels, { learningRate: 0.01, margin: 0.35, stepNumber });
  milliseconds.push(performance.now() - start);
}
console.log(JSON.stringify({ milliseconds: milliseconds.slice(1), peakBytes: process.resourceUsage().maxRSS * 1024 }));
