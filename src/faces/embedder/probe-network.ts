/**
 * A look at what a network of others really computes, before any face is compared with it: for two images that have
 * nothing in common, one at a time and both together. It finds the output that is an embedding, its size, whether the
 * file takes several images at once as it declares, and whether the network tells images apart at all.
 */
import { ModelError } from "../../base/core/index.ts";
import type { Session, Tensors } from "../../compiler/runtime/index.ts";
import { type EmbedderInput, embeddingOutput, type ModelPorts, rowSize } from "./embedder-ports.ts";

/** What a network was found to compute. */
export type ProbedNetwork = {
  readonly outputName: string;
  /** Numbers in an embedding. */
  readonly embeddingSize: number;
  /** Images that one run takes; undefined for any number. */
  readonly batch: number | undefined;
  /** Whether the file declares any number of images, and takes one alone. */
  readonly isBaked: boolean;
};

/** A level of an image by column and row. */
type Probe = (x: number, y: number) => number;
/** Levels lie between −1 and 1, whatever the network was trained with. */
const PROBES: readonly [Probe, Probe] = [
  (x, y) => Math.sin(0.37 * x + 0.11 * y * y),
  (x, y) => (x + y) / 128 - 1 + 0.5 * Math.cos(0.9 * y),
];

/** Below this share of their length, the difference between two embeddings is rounding. */
const ROUNDING = 1e-5;
/** Above it, an image's embedding depends on the images beside it. */
const MIXED = 1e-2;

/**
 * Runs the network on two images.
 *
 * @param wanted name of the output that a person chose.
 * @throws {ModelError} when no output, or more than one, is an embedding; when it is the same for both images, or not
 *   finite; and when it holds the probabilities of classes.
 */
export async function probeNetwork(
  session: Pick<Session, "run">,
  { outputs }: Pick<ModelPorts, "outputs">,
  input: EmbedderInput,
  wanted: string | undefined,
): Promise<ProbedNetwork> {
  const { batch } = input;
  const run = (probes: readonly Probe[], count: number) =>
    session.run({
      [input.name]: { type: "f32", shape: [count, 3, ...input.size], data: pixels(input, probes, count) },
    });
  const [left, right] = PROBES;
  const both =
    batch === 1 ? undefined : await runOrFail(() => run(PROBES, batch ?? PROBES.length), batch === undefined);
  const alone = batch !== undefined && both !== undefined ? both : await run([left], 1);
  const outputName = embeddingOutput(outputs, alone, alone === both ? (batch ?? 1) : 1, wanted);
  const together = both && rowsOf(both, outputName, batch ?? PROBES.length);
  const [first] = rowsOf(alone, outputName, alone === both ? (batch ?? 1) : 1) ?? [];
  const isTogether = first !== undefined && together?.[0] !== undefined && difference(first, together[0]) < MIXED;
  const second = isTogether ? together[1] : rowsOf(await run([right], 1), outputName, 1)?.[0];
  if (first === undefined || second === undefined) throw new ModelError(`internal: output '${outputName}' has no rows`);
  requireEmbeddings(outputName, first, second);
  const isBaked = batch === undefined && !isTogether;
  return { outputName, embeddingSize: first.length, batch: isBaked ? 1 : batch, isBaked };
}

/** What the run gives; undefined where it may fail and does. */
async function runOrFail(run: () => Promise<Tensors>, mayFail: boolean): Promise<Tensors | undefined> {
  try {
    return await run();
  } catch (error) {
    if (mayFail && error instanceof ModelError) return undefined;
    throw error;
  }
}

function rowsOf(results: Tensors, name: string, count: number): readonly Float32Array[] | undefined {
  const result = results[name];
  const size = result && rowSize(result, count);
  if (result === undefined || size === undefined) return undefined;
  const data = result.data as Float32Array;
  return Array.from({ length: count }, (_, row) => data.subarray(row * size, (row + 1) * size));
}

function requireEmbeddings(name: string, first: Float32Array, second: Float32Array): void {
  for (const embedding of [first, second]) {
    if (!embedding.every(Number.isFinite)) {
      throw new ModelError(
        `model: output '${name}' holds numbers that are not finite, for images of ordinary numbers: the file is damaged, ` +
          "or was exported wrongly",
      );
    }
  }
  if (first.length !== second.length || difference(first, second) < ROUNDING) {
    throw new ModelError(
      `model: output '${name}' is the same for two images that differ everywhere: it is not an embedding, or the network ` +
        "has collapsed",
    );
  }
  if (isShares(first) && isShares(second)) {
    throw new ModelError(
      `model: output '${name}' holds the probabilities of ${first.length} classes, expected an embedding: export the layer before`,
    );
  }
}

/** Whether numbers are shares of a whole, as a softmax gives them. */
function isShares(numbers: Float32Array): boolean {
  const sum = numbers.reduce((total, number) => total + number, 0);
  return Math.abs(sum - 1) < 1e-3 && numbers.every((number) => number >= 0);
}

/** Length of the difference of two vectors, as a share of the longer one's. */
function difference(a: Float32Array, b: Float32Array): number {
  const lengthOf = (vector: Float32Array) => Math.sqrt(vector.reduce((sum, number) => sum + number * number, 0));
  const largest = Math.max(lengthOf(a), lengthOf(b));
  return largest === 0 ? 0 : lengthOf(a.map((number, i) => number - (b[i] ?? 0))) / largest;
}

/** Planes of the probes, and zeros for the images that a file of a fixed number takes beside them. */
function pixels({ size: [height, width] }: EmbedderInput, probes: readonly Probe[], count: number): Float32Array {
  const data = new Float32Array(count * 3 * height * width);
  for (const [i, probe] of probes.entries()) {
    for (let plane = 0; plane < 3; plane++) {
      const start = (3 * i + plane) * height * width;
      for (let at = 0; at < height * width; at++) {
        data[start + at] = probe((at % width) + 7 * plane, Math.floor(at / width));
      }
    }
  }
  return data;
}
