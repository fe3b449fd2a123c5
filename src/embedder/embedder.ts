/** Pictures → embeddings, with any ONNX network that maps N×3×H×W to N×d. */
import { readFile } from "node:fs/promises";
import { ModelError } from "../core/index.ts";
import type { Embeddings } from "../eval/index.ts";
import { readOnnxPorts } from "../graph/index.ts";
import { type RgbImage, writePlanes } from "../image/index.ts";
import { createSession, type Session, type SessionOptions, type Tensors } from "../runtime/index.ts";
import { type ContractOverrides, type EmbedderContract, readContract } from "./contract.ts";

/** A network that gives an embedding for each picture. */
export interface Embedder {
  readonly contract: EmbedderContract;
  /** Embeddings as the network gives them (not normalized), one row a picture; pictures must have the input's size. */
  embed(images: readonly RgbImage[]): Promise<Embeddings>;
  close(): Promise<void>;
}

/** Opens an ONNX file. @throws {ModelError} when it is no embedder, or does not say how its input is made. */
export async function openEmbedder(
  path: string,
  overrides: ContractOverrides = {},
  options: SessionOptions = {},
): Promise<Embedder> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new ModelError(`model: cannot read '${path}': ${(cause as NodeJS.ErrnoException).code ?? "error"}`, {
      cause,
    });
  }
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
  const preprocessing = readContract(metadata, overrides);
  const session = await createSession(bytes, options);
  const size = output!.shape[1];
  const contract = {
    inputSize: [height, width],
    embeddingSize: typeof size === "number" ? size : 0,
    ...preprocessing,
  } as const;
  const runner: Runner = { session, inputName: input!.name, outputName: output!.name, fixed: {} };
  const embedder = new NetworkEmbedder(runner, contract, typeof batch === "number" ? batch : DEFAULT_BATCH);
  if (contract.embeddingSize > 0) return embedder;
  const probe = await embedder.embed([{ width, height, data: new Uint8Array(3 * width * height) }]);
  return new NetworkEmbedder(
    runner,
    { ...contract, embeddingSize: probe.size },
    typeof batch === "number" ? batch : DEFAULT_BATCH,
  );
}

/** A compiled network, and inputs that stay the same: the parameters of a network in training. */
export type Runner = {
  readonly session: Session;
  readonly inputName: string;
  readonly outputName: string;
  readonly fixed: Tensors;
};

/** Pictures in one run: enough to keep all cores busy, small enough to stay in their caches. */
const DEFAULT_BATCH = 32;

export class NetworkEmbedder implements Embedder {
  readonly contract: EmbedderContract;
  readonly #runner: Runner;
  readonly #batch: number;

  constructor(runner: Runner, contract: EmbedderContract, batch: number) {
    this.#runner = runner;
    this.contract = contract;
    this.#batch = batch;
  }

  async embed(images: readonly RgbImage[]): Promise<Embeddings> {
    const { session, inputName, outputName, fixed } = this.#runner;
    const [height, width] = this.contract.inputSize;
    let rows: Float32Array | undefined;
    let size = 0;
    for (let start = 0; start < images.length; start += this.#batch) {
      const part = images.slice(start, start + this.#batch);
      const data = new Float32Array(this.#batch * 3 * height * width);
      for (const [i, image] of part.entries()) {
        writeInput(image, this.contract, data.subarray(i * 3 * height * width, (i + 1) * 3 * height * width));
      }
      const shape = [this.#batch, 3, height, width];
      const results = await session.run({ ...fixed, [inputName]: { type: "f32", shape, data } });
      const result = results[outputName]!;
      size = result.data.length / this.#batch;
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
