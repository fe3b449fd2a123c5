/** Pictures → embeddings, with any ONNX network that maps N×3×H×W to N×d. */
import { readFile } from "node:fs/promises";
import { ModelError } from "../../base/core/index.ts";
import { flipImage, type RgbImage, writePlanes } from "../../base/image/index.ts";
import { onnxGraphBytes, readOnnxPorts } from "../../compiler/onnx/index.ts";
import { createSession, type Session, type SessionOptions, type Tensors } from "../../compiler/runtime/index.ts";
import { combineViews, type Embeddings, type FlipRule } from "../../measure/eval/index.ts";
import { type ContractOverrides, type EmbedderContract, embedderId, LICENSE_KEY, readContract } from "./contract.ts";
import { defaultEmbedderFile } from "./default-embedder.ts";
import { DEFAULT_EMBEDDER } from "./names.ts";
import { openByBatch } from "./session-by-batch.ts";
import { readSidecar, type Sidecar } from "./sidecar.ts";

/** What turns pictures into embeddings. */
export interface ViewEmbedder {
  readonly contract: EmbedderContract;
  /** Embeddings as the network gives them (not normalized), one row a picture; pictures must have the input's size. */
  embed(images: readonly RgbImage[]): Promise<Embeddings>;
}

/** A network that gives an embedding for each picture, opened from a model file. */
export interface Embedder extends ViewEmbedder {
  /** Digest over weights and contract: embeddings of different ids cannot be compared, nor their thresholds. */
  readonly id: string;
  /** Path of the file that it was opened from, or "default". */
  readonly source: string;
  /** Licence of the weights as the file states it, or "unknown". */
  readonly license: string;
  close(): Promise<void>;
}

/**
 * Opens an ONNX file, or the embedder that npm brings when `model` is "default". Preprocessing is what `overrides` say,
 * else what a JSON file beside the model says, else what the model's metadata say.
 *
 * @throws {ModelError} when it is no embedder, or nothing says how its input is made.
 */
export async function openEmbedder(
  model: string,
  overrides: ContractOverrides = {},
  options: SessionOptions = {},
): Promise<Embedder> {
  const isDefault = model === DEFAULT_EMBEDDER;
  const sidecar: Sidecar = isDefault ? { overrides: {} } : await readSidecar(model);
  const bytes = isDefault ? await defaultEmbedderFile() : await readModel(model);
  const { inputs, outputs, metadata } = readOnnxPorts(bytes);
  const [input] = inputs;
  const [output] = outputs;
  if (inputs.length !== 1 || input!.shape.length !== 4 || input!.shape[1] !== 3 || input!.type !== "f32") {
    throw new ModelError(
      `model: got inputs ${inputs.map(({ shape }) => `[${shape}]`).join(" ")}, expected one f32 input N×3×height×width`,
    );
  }
  const [batch, , height, width] = input!.shape;
  if (typeof height !== "number" || typeof width !== "number") {
    throw new ModelError("model: its input has no fixed height and width: export it with the size it was trained with");
  }
  const inputSize = [height, width] as const;
  const preprocessing = readContract(metadata, { ...sidecar.overrides, ...overrides }, inputSize);
  const isFixed = typeof batch === "number";
  const isAdapted = !isFixed && (options.device ?? "cpu") === "cpu";
  const session = await (isAdapted ? openByBatch : createSession)(bytes, options);
  const runner: Runner = { session, inputName: input!.name, outputName: output!.name, fixed: {} };
  const declared = output!.shape[1];
  const batchSize = isFixed ? batch : DEFAULT_BATCH;
  const embeddingSize =
    typeof declared === "number" ? declared : await measureSize(runner, isFixed ? batch : 1, inputSize);
  const contract: EmbedderContract = { inputSize, embeddingSize, ...preprocessing };
  const network = new NetworkEmbedder(runner, contract, { size: batchSize, isFixed });
  return {
    id: embedderId(onnxGraphBytes(bytes), contract),
    source: model,
    license: sidecar.license ?? metadata[LICENSE_KEY] ?? "unknown",
    contract,
    embed: (images) => network.embed(images),
    close: () => session.close(),
  };
}

async function readModel(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ModelError(`model: cannot read '${path}': ${(cause as NodeJS.ErrnoException).code ?? "error"}`, {
      cause,
    });
  }
}

/** Numbers in an embedding, where the file leaves it open: found by running the network once. */
async function measureSize(
  { session, inputName, outputName }: Runner,
  batch: number,
  [height, width]: readonly [number, number],
): Promise<number> {
  const shape = [batch, 3, height, width];
  const data = new Float32Array(batch * 3 * height * width);
  const results = await session.run({ [inputName]: { type: "f32", shape, data } });
  return results[outputName]!.data.length / batch;
}

/**
 * Embeddings of pictures, and of their mirror images where the flip rule asks for them, joined by the rule (not
 * normalized): [count, size], or [count, 2 · size] for "concat".
 */
export async function embedViews(
  embedder: ViewEmbedder,
  images: readonly RgbImage[],
  flip: FlipRule = embedder.contract.flip,
): Promise<Embeddings> {
  const original = await embedder.embed(images);
  return combineViews(original, flip === "none" ? undefined : await embedder.embed(images.map(flipImage)), flip);
}

/** A compiled network, and inputs that stay the same: the parameters of a network in training. */
export type Runner = {
  readonly session: Pick<Session, "run" | "close">;
  readonly inputName: string;
  readonly outputName: string;
  readonly fixed: Tensors;
};

/** Pictures in one run: enough to keep all cores busy, small enough to stay in their caches. */
const DEFAULT_BATCH = 32;

/** Pictures in one run; a network of a fixed size takes no fewer, so that its last batch is filled up with black. */
export type Batch = { readonly size: number; readonly isFixed: boolean };

/** Runs a compiled network on pictures, batch by batch. */
export class NetworkEmbedder implements ViewEmbedder {
  readonly contract: EmbedderContract;
  readonly #runner: Runner;
  readonly #batch: Batch;

  constructor(runner: Runner, contract: EmbedderContract, batch: Batch) {
    this.#runner = runner;
    this.contract = contract;
    this.#batch = batch;
  }

  async embed(images: readonly RgbImage[]): Promise<Embeddings> {
    const { session, inputName, outputName, fixed } = this.#runner;
    const [height, width] = this.contract.inputSize;
    let rows: Float32Array | undefined;
    let size = 0;
    for (let start = 0; start < images.length; start += this.#batch.size) {
      const part = images.slice(start, start + this.#batch.size);
      const count = this.#batch.isFixed ? this.#batch.size : part.length;
      const data = new Float32Array(count * 3 * height * width);
      for (const [i, image] of part.entries()) {
        writeInput(image, this.contract, data.subarray(i * 3 * height * width, (i + 1) * 3 * height * width));
      }
      const shape = [count, 3, height, width];
      const results = await session.run({ ...fixed, [inputName]: { type: "f32", shape, data } });
      const result = results[outputName]!;
      size = result.data.length / count;
      rows ??= new Float32Array(images.length * size);
      rows.set((result.data as Float32Array).subarray(0, part.length * size), start * size);
    }
    return { count: images.length, size, data: rows ?? new Float32Array(0) };
  }

  async close(): Promise<void> {
    await this.#runner.session.close();
  }
}

/** RGB bytes → normalized planes in the network's channel order. */
function writeInput(image: RgbImage, contract: EmbedderContract, target: Float32Array): void {
  const { inputSize } = contract;
  if (image.height !== inputSize[0] || image.width !== inputSize[1]) {
    throw new ModelError(
      `embedder: got a picture of ${image.width}×${image.height}, expected ${inputSize[1]}×${inputSize[0]}: fit it first`,
    );
  }
  writePlanes(image, contract, target);
}
