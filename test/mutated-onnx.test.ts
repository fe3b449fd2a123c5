/**
 * Whatever bytes come in, reading an ONNX file ends soon and in bounded memory: with a graph that verifies, whose outputs
 * are the file's in the file's order, and which can be printed and written; or with a `ModelError` that says what is
 * wrong. `COSFACE_MUTATIONS=10000` tries that many files.
 */
import { expect, it } from "vitest";
import { ModelError } from "../src/base/core/index.ts";
import { outputEntries, printGraph, verifyGraph } from "../src/compiler/graph/index.ts";
import { onnxGraphBytes, readOnnx, readOnnxPorts, writeOnnx } from "../src/compiler/onnx/index.ts";
import { mutatedOnnx } from "./mutated-onnx.ts";
import { mutationCount } from "./mutations.ts";

const COUNT = mutationCount(1500);
/** Milliseconds for one file on a busy machine: a good one takes about one. */
const PATIENCE = 5000;
const MEMORY_BYTES = 1e9;

it(`${COUNT} mutated ONNX files end in a graph or a typed error`, { timeout: 100_000 + 50 * COUNT }, () => {
  const file = mutatedOnnx(1);
  const before = process.memoryUsage.rss();
  const counts = { graph: 0, error: 0 };
  const faults: string[] = [];
  let highest = before;
  for (let i = 0; i < COUNT; i++) {
    const { what, bytes } = file(i);
    const start = performance.now();
    const fault = attempt(() => read(bytes), counts) ?? attempt(() => onnxGraphBytes(bytes));
    if (fault !== undefined) faults.push(`${what}: ${fault}`);
    const elapsed = performance.now() - start;
    if (elapsed > PATIENCE) faults.push(`${what}: took ${elapsed} ms`);
    highest = Math.max(highest, process.memoryUsage.rss());
  }
  expect(faults).toEqual([]);
  // Both happen often: a generator of hopeless files, or of harmless ones, would test little.
  expect(Math.min(counts.graph, counts.error)).toBeGreaterThan(COUNT / 10);
  expect(highest - before).toBeLessThan(MEMORY_BYTES);
});

it("mutated files are the same for the same seed, and others for another", () => {
  const [first, again, other] = [mutatedOnnx(1), mutatedOnnx(1), mutatedOnnx(2)];
  expect(again(300)).toEqual(first(300));
  expect(other(300)).not.toEqual(first(300));
});

/** Reads a file, and checks what must hold of any graph that it gives. */
function read(bytes: Uint8Array): void {
  const { graph, parameters } = readOnnx(bytes);
  verifyGraph(graph);
  const names = outputEntries(graph).map(([name]) => name);
  const declared = readOnnxPorts(bytes).outputs.map(({ name }) => name);
  if (names.join("\n") !== declared.join("\n")) throw new Error(`got outputs ${names}, expected ${declared}`);
  printGraph(graph);
  writeOnnx(graph, { initializers: new Map([...parameters].map(([name, { data }]) => [name, data])) });
}

/** Describes a failure that is not a typed error about the file. */
function attempt(run: () => unknown, counts = { graph: 0, error: 0 }): string | undefined {
  try {
    run();
    counts.graph++;
    return undefined;
  } catch (error) {
    counts.error++;
    const isTyped = error instanceof ModelError && !/internal/.test(error.message) && error.message.length > 20;
    return isTyped ? undefined : String((error as Error).stack ?? error).slice(0, 600);
  }
}
