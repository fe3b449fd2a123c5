/**
 * Probes among distractors in a separate process, to measure its peak memory. Before and after, its matrix products
 * alone run for some seconds each, so that other load on the machine affects both. Prints a line of JSON.
 *
 *   tsx bench/search.ts PROBES DISTRACTORS THREADS
 */

import { random } from "../src/base/core/index.ts";
import { measureMachine } from "../src/cli/machine-speed.ts";
import { input, matmul, slice } from "../src/compiler/graph/index.ts";
import { compile } from "../src/compiler/runtime/index.ts";
import { evaluateDistractors } from "../src/measure/eval/index.ts";

const SIZE = 512;
const PEOPLE = 80;
const BARE_SECONDS = 5;
const [probeCount, distractorCount, threads] = process.argv.slice(2).map(Number) as [number, number, number];

const distractors = { count: distractorCount, size: SIZE, data: drawNormal(distractorCount * SIZE, 1) };
const probes = { count: probeCount, size: SIZE, data: drawNormal(probeCount * SIZE, 2) };
// Images of a person have a common component, so that mates are found.
for (let i = 0; i < probes.data.length; i++) {
  const person = Math.floor(i / SIZE) % PEOPLE;
  if (i >= PEOPLE * SIZE) probes.data[i] = 0.8 * probes.data[i]! + 0.6 * probes.data[person * SIZE + (i % SIZE)]!;
}
const identities = Int32Array.from({ length: probeCount }, (_, i) => i % PEOPLE);

const { matmulGflops: before } = await measureMachine("cpu", threads);
const bareBefore = await bareGflops();
const start = performance.now();
const { rankRates, points } = await evaluateDistractors({ embeddings: probes, identities }, distractors, {
  maximumRank: 1,
  fars: [1e-6],
  threads,
});
const seconds = (performance.now() - start) / 1000;
const bareAfter = await bareGflops();
const { matmulGflops: after } = await measureMachine("cpu", threads);
console.log(
  JSON.stringify({
    seconds,
    gflops: (2 * probeCount * distractorCount * SIZE) / seconds / 1e9,
    bareGflops: (bareBefore + bareAfter) / 2,
    ceilingGflops: Math.max(before, after),
    peakBytes: process.resourceUsage().maxRSS * 1024,
    rankOne: rankRates[0],
    tar: points[0]!.tar,
  }),
);

/** Mean rate of products of 1024 distractors with all probes; only one column leaves the runtime. */
async function bareGflops(): Promise<number> {
  const rowCount = Math.min(1024, distractorCount);
  const rows = input("rows", "f32", [rowCount, SIZE]);
  const products = matmul(rows, input("probes", "f32", [probeCount, SIZE]), { transposeB: true });
  const column = slice(products, { axis: 1, start: 0, size: 1 });
  const { session } = await compile({ name: "bare", outputs: { column } }, { threads });
  const feeds = {
    rows: { type: "f32", shape: [rowCount, SIZE], data: distractors.data.subarray(0, rowCount * SIZE) },
    probes: { type: "f32", shape: [probeCount, SIZE], data: probes.data },
  } as const;
  await session.run(feeds);
  const start = performance.now();
  let count = 0;
  for (; performance.now() < start + 1000 * BARE_SECONDS; count++) await session.run(feeds);
  const seconds = (performance.now() - start) / 1000;
  await session.close();
  return (2 * count * rowCount * probeCount * SIZE) / seconds / 1e9;
}

function drawNormal(length: number, seed: number): Float32Array {
  const stream = random(seed);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = stream.normal();
  return values;
}
