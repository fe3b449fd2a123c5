/**
 * Probes among distractors, in a process of its own so that its peak memory is its own, and beside it the same arithmetic as
 * bare matrix products. Prints a line of JSON.
 *
 *   tsx bench/search.ts PROBES DISTRACTORS THREADS
 */
import { measureMachine } from "../src/cli/machine-speed.ts";
import { random } from "../src/core/index.ts";
import { evaluateDistractors } from "../src/eval/index.ts";

const SIZE = 512;
const PEOPLE = 80;
const [probeCount, distractorCount, threads] = process.argv.slice(2).map(Number) as [number, number, number];

const distractors = { count: distractorCount, size: SIZE, data: drawNormal(distractorCount * SIZE, 1) };
const probes = { count: probeCount, size: SIZE, data: drawNormal(probeCount * SIZE, 2) };
// Images of a person have a common part, so that there is something to find.
for (let i = 0; i < probes.data.length; i++) {
  const person = Math.floor(i / SIZE) % PEOPLE;
  if (i >= PEOPLE * SIZE) probes.data[i] = 0.8 * probes.data[i]! + 0.6 * probes.data[person * SIZE + (i % SIZE)]!;
}
const identities = Int32Array.from({ length: probeCount }, (_, i) => i % PEOPLE);

const { matmulGflops: before } = await measureMachine("cpu", threads);
const start = performance.now();
const { rankRates, points } = await evaluateDistractors({ embeddings: probes, identities }, distractors, {
  maximumRank: 1,
  fars: [1e-6],
  threads,
});
const seconds = (performance.now() - start) / 1000;
const { matmulGflops: after } = await measureMachine("cpu", threads);
console.log(
  JSON.stringify({
    seconds,
    gflops: (2 * probeCount * distractorCount * SIZE) / seconds / 1e9,
    ceilingGflops: Math.max(before, after),
    peakBytes: process.resourceUsage().maxRSS * 1024,
    rankOne: rankRates[0],
    tar: points[0]!.tar,
  }),
);

function drawNormal(length: number, seed: number): Float32Array {
  const stream = random(seed);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = stream.normal();
  return values;
}
