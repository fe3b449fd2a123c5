/**
 * Checks that both sides of a benchmark compute the same: a network with the same parameters embeds the same images in
 * this project and in PyTorch. Prints the largest difference as a share of the largest number, as a line of JSON.
 *
 *   tsx bench/agreement.ts NETWORK BATCH THREADS
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configureNetwork, findNetwork } from "../src/training/nn/index.ts";
import { drawParameters, openDrawn, patternImages } from "./drawn-network.ts";
import { runPeer } from "./processes.ts";

const [name, ...numbers] = process.argv.slice(2) as [string, ...string[]];
const [batchSize, threads] = numbers.map(Number) as [number, number];
const network = configureNetwork(findNetwork(name));
const parameters = drawParameters(network);
const embedder = await openDrawn(network, parameters, { threads });
const { data: ours } = await embedder.embed(patternImages(batchSize, network));
await embedder.close();

const folder = mkdtempSync(join(tmpdir(), "cosface-bench-"));
const theirs = (() => {
  try {
    for (const [i, { data }] of parameters.entries()) writeFileSync(join(folder, String(i)), data);
    runPeer(["embed", name, String(batchSize), "1", String(threads), "1", folder]);
    const bytes = readFileSync(join(folder, "embeddings"));
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  } finally {
    rmSync(folder, { recursive: true });
  }
})();
if (theirs.length !== ours.length) throw new Error(`PyTorch gave ${theirs.length} numbers, expected ${ours.length}`);
let [difference, largest] = [0, 0];
for (const [i, value] of theirs.entries()) {
  difference = Math.max(difference, Math.abs(value - ours[i]!));
  largest = Math.max(largest, Math.abs(value));
}
console.log(JSON.stringify({ difference: difference / largest }));
