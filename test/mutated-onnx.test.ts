/**
 * Whatever bytes come in, reading an ONNX file ends soon and in bounded memory: with a graph that verifies, whose
 * outputs are the file's in the file's order, and which computes what ONNX Runtime computes from the file; or with a
 * `ModelError` that says what is wrong. `COSFACE_MUTATIONS=10000` tries that many files.
 */
import { describe, expect, it } from "vitest";
import { ModelError, random } from "../src/base/core/index.ts";
import { outputEntries, printGraph, verifyGraph } from "../src/compiler/graph/index.ts";
import { onnxGraphBytes, readOnnx, readOnnxPorts, writeOnnx } from "../src/compiler/onnx/index.ts";
import { createSession, type Session, type Tensor, type Tensors } from "../src/compiler/runtime/index.ts";
import { mutatedOnnx } from "./mutated-onnx.ts";
import { mutationCount } from "./support/mutation-count.ts";

const COUNT = mutationCount(600);
/** Files that are run as well, which takes some ten times as long. */
const RUN_COUNT = mutationCount(120);
/** Milliseconds for one file on a busy machine: a good one takes about one. */
const PATIENCE = 5000;
const MEMORY_BYTES = 1e9;

describe("mutated ONNX files", () => {
  it(`${COUNT} end in a graph or a typed error`, { timeout: 100_000 + 50 * COUNT }, () => {
    const file = mutatedOnnx(1);
    const before = process.memoryUsage.rss();
    const counts = { graph: 0, error: 0 };
    const faults: string[] = [];
    let highest = before;
    for (let i = 0; i < COUNT; i++) {
      const { what, bytes } = file(i);
      const start = performance.now();
      const again = rewritten(bytes, (fault) => faults.push(`${what}: ${fault}`));
      counts[again === undefined ? "error" : "graph"]++;
      const elapsed = performance.now() - start;
      if (elapsed > PATIENCE) faults.push(`${what}: took ${elapsed} ms`);
      highest = Math.max(highest, process.memoryUsage.rss());
    }
    expect(faults).toEqual([]);
    // Both happen often: a generator of hopeless files, or of harmless ones, would test little.
    expect(Math.min(counts.graph, counts.error)).toBeGreaterThan(COUNT / 10);
    expect(highest - before).toBeLessThan(MEMORY_BYTES);
  });

  it(`${RUN_COUNT} compute what ONNX Runtime computes, where both read them`, {
    timeout: 100_000 + 100 * RUN_COUNT,
  }, async () => {
    const file = mutatedOnnx(1);
    const faults: string[] = [];
    let sameCount = 0;
    for (let i = 0; i < RUN_COUNT; i++) {
      const { what, bytes } = file(i);
      const again = rewritten(bytes, (fault) => faults.push(`${what}: ${fault}`));
      const expected = again && (await resultsOf(bytes));
      if (again === undefined || expected === undefined) continue;
      const difference = compare(await resultsOf(again), expected);
      if (difference === undefined) sameCount++;
      else faults.push(`${what}: ${difference}`);
    }
    expect(faults).toEqual([]);
    expect(sameCount).toBeGreaterThan(RUN_COUNT / 20);
  });

  it("are the same for the same seed, and others for another", () => {
    const [first, again, other] = [mutatedOnnx(1), mutatedOnnx(1), mutatedOnnx(2)];
    expect(again(300)).toEqual(first(300));
    expect(other(300)).not.toEqual(first(300));
  });
});

/** A file read into a graph and written again; undefined where it is refused as it should be. */
function rewritten(bytes: Uint8Array, report: (fault: string) => void): Uint8Array | undefined {
  try {
    readOnnxPorts(bytes);
    onnxGraphBytes(bytes);
    readOnnx(bytes);
  } catch (error) {
    const isTyped = error instanceof ModelError && !/internal/.test(error.message) && error.message.length > 20;
    if (!isTyped) report(String((error as Error).stack ?? error).slice(0, 600));
    return undefined;
  }
  // From here on, any error is a fault.
  try {
    const { graph, parameters } = readOnnx(bytes);
    verifyGraph(graph);
    printGraph(graph);
    const names = outputEntries(graph).map(([name]) => name);
    const declared = readOnnxPorts(bytes).outputs.map(({ name }) => name);
    if (names.join("\n") !== declared.join("\n")) report(`got outputs ${names}, expected ${declared}`);
    return writeOnnx(graph, { initializers: new Map([...parameters].map(([name, { data }]) => [name, data])) });
  } catch (error) {
    report(String((error as Error).stack ?? error).slice(0, 600));
    return undefined;
  }
}

/** Runs a file on numbers drawn by the names of its inputs; undefined where ONNX Runtime refuses it, or it is large. */
async function resultsOf(bytes: Uint8Array): Promise<Tensors | undefined> {
  let session: Session | undefined;
  try {
    session = await createSession(bytes, { threads: 1 });
    const feeds: [string, Tensor][] = [];
    for (const [name, { type, shape }] of Object.entries(session.inputTypes)) {
      const sizes = shape.map((size) => (typeof size === "number" ? size : 2));
      const count = sizes.reduce((product, size) => product * size, 1);
      if (type !== "f32" || count < 1 || count > 20_000) return undefined;
      const stream = random(3, name);
      const data = Float32Array.from({ length: count }, () => stream.uniform(0.1, 2));
      feeds.push([name, { type, shape: sizes, data }]);
    }
    return await session.run(Object.fromEntries(feeds));
  } catch (error) {
    if (error instanceof ModelError) return undefined;
    throw error;
  } finally {
    await session?.close();
  }
}

/** Describes the first difference beyond rounding. */
function compare(got: Tensors | undefined, expected: Tensors): string | undefined {
  if (got === undefined) return "the written file does not run";
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const other = got[name];
    if (other?.shape.join() !== shape.join()) return `'${name}' has shape [${other?.shape}], expected [${shape}]`;
    for (const [i, value] of data.entries()) {
      const [a, b] = [Number(other.data[i]), Number(value)];
      const isSame = Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(b));
      if (!isSame) return `'${name}'[${i}] is ${a}, expected ${b}`;
    }
  }
  return undefined;
}
