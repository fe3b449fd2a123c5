/** Images → embeddings, with any ONNX network that maps N×3×H×W to N×d. */
import {
  describeValue,
  ModelError,
  OptionError,
  ofFile,
  requireFields,
  requireKind,
  requireKnownKeys,
} from "../../base/core/index.ts";
import { addressBeside, readBytes } from "../../base/files/index.ts";
import { flipImage, type RgbImage, requireImage, writePlanes } from "../../base/image/index.ts";
import { embedExternalTensors, externalLocations, onnxGraphBytes, readOnnxPorts } from "../../compiler/onnx/index.ts";
import { createSession, type Session, type SessionOptions, type Tensors } from "../../compiler/runtime/index.ts";
import { combineViews, type Embeddings, type FlipRule } from "../../measure/eval/index.ts";
import { type ContractOverrides, type EmbedderContract, embedderId, LICENSE_KEY, readContract } from "./contract.ts";
import { defaultEmbedderFile } from "./default-embedder.ts";
import { embedderInput } from "./embedder-ports.ts";
import { DEFAULT_EMBEDDER } from "./names.ts";
import { type ProbedNetwork, probeNetwork } from "./probe-network.ts";
import { openByBatch } from "./session-by-batch.ts";
import { readSidecar, type Sidecar } from "./sidecar.ts";

/** Computes embeddings of images. */
export interface ViewEmbedder {
  readonly contract: EmbedderContract;
  /**
   * Embeddings as the network computes them (not normalized), one row an image; images must have the input's size.
   * @throws {ModelError} for an image of another size.
   */
  embed(images: readonly RgbImage[]): Promise<Embeddings>;
}

/** A network that computes an embedding for each image, opened from a model file. */
export interface Embedder extends ViewEmbedder {
  /** Digest over weights and contract: embeddings of different ids cannot be compared, nor can their thresholds. */
  readonly id: string;
  /** Path of the file that it was opened from, or "default". */
  readonly source: string;
  /** Licence of the weights as the file states it, or "unknown". */
  readonly license: string;
  close(): Promise<void>;
}

/** What `probeNetwork` finds in the file of the default embedder: it need not be run before the first face. */
const DEFAULT_NETWORK: ProbedNetwork = {
  outputName: "embeddings",
  embeddingSize: 128,
  batch: undefined,
  isBaked: false,
};

/** How an embedder is opened. */
export type EmbedderOptions = SessionOptions & {
  /** Called with a sentence for the user about a file that is not quite what it declares, and works. */
  readonly onNote?: (note: string) => void;
};

/**
 * Opens an ONNX file, or the embedder that npm installs when `model` is "default". Preprocessing comes from
 * `overrides`, else from a JSON file beside the model, else from the model's metadata.
 *
 * The file may have several outputs, of which one is an embedding; its size is that of what the network computes for an
 * image. A file that declares any number of images and works for one alone is run one image at a time.
 *
 * @param model "default", or the address of a file: a path, a URL, or `npm:PACKAGE/PATH`.
 * @throws {ModelError} when the file is not an embedder, or nothing says how its input is made.
 */
export async function openEmbedder(
  model: string,
  overrides: ContractOverrides = {},
  opening: EmbedderOptions = {},
): Promise<Embedder> {
  requireKnownKeys("options of openEmbedder", opening, {
    device: true,
    threads: true,
    profilePrefix: true,
    onNote: true,
  });
  requireKnownKeys("contract of openEmbedder", overrides, {
    flip: true,
    mean: true,
    std: true,
    channels: true,
    template: true,
    output: true,
  });
  if (typeof model !== "string") throw new OptionError(`model: got a ${typeof model}, expected a name or a path`);
  const open = async () => openEmbedderFile(await readEmbedderFile(model), overrides, opening);
  return model === DEFAULT_EMBEDDER ? open() : ofFile(model, open);
}

/** The file of an embedder in memory, with its weights, and what the file beside it states. */
export type EmbedderFile = {
  /** "default", or the address that it was read from. */
  readonly source: string;
  readonly bytes: Uint8Array;
  readonly sidecar: Sidecar;
};

/** Reads the file of an embedder. @throws {ModelError} for a file that cannot be read. */
export async function readEmbedderFile(model: string): Promise<EmbedderFile> {
  if (model === DEFAULT_EMBEDDER) {
    return { source: model, bytes: await defaultEmbedderFile(), sidecar: { overrides: {} } };
  }
  return { source: model, sidecar: await readSidecar(model), bytes: await readModel(model) };
}

/** An embedder, and which output of its file is the embedding. */
export type OpenedEmbedder = Embedder & { readonly outputName: string };

/** Opens an embedder whose file is in memory. @throws {ModelError} as {@link openEmbedder}. */
export async function openEmbedderFile(
  { source: model, bytes, sidecar }: EmbedderFile,
  overrides: ContractOverrides = {},
  { onNote = () => {}, ...options }: EmbedderOptions = {},
): Promise<OpenedEmbedder> {
  const isDefault = model === DEFAULT_EMBEDDER;
  const ports = readOnnxPorts(bytes);
  const input = embedderInput(ports);
  const { output, ...preprocessing } = readContract(ports.metadata, { ...sidecar.overrides, ...overrides }, input.size);
  const isAdapted = input.batch === undefined && (options.device ?? "cpu") === "cpu";
  const session = await (isAdapted ? openByBatch : createSession)(bytes, options);
  try {
    const { outputName, embeddingSize, batch, isBaked } = isDefault
      ? DEFAULT_NETWORK
      : await probeNetwork(session, ports, input, output);
    if (isBaked) onNote(`${model}: declares any number of images, but takes one: images are embedded one at a time`);
    const contract: EmbedderContract = {
      inputSize: input.size,
      embeddingSize,
      ...preprocessing,
      ...(output !== undefined && ports.outputs.length > 1 ? { output } : {}),
    };
    const runner: Runner = { session, inputName: input.name, outputName, fixed: {} };
    const isFixed = batch !== undefined;
    const network = new NetworkEmbedder(runner, contract, { size: batch ?? DEFAULT_BATCH, isFixed });
    return {
      id: embedderId(onnxGraphBytes(bytes), contract),
      source: model,
      license: sidecar.license ?? ports.metadata[LICENSE_KEY] ?? "unknown",
      contract,
      outputName,
      embed: (images) => network.embed(images),
      close: () => session.close(),
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/**
 * The bytes of a model file, with the weights inside that lie in files beside it.
 * @throws {ModelError} when one of them cannot be read.
 */
async function readModel(address: string): Promise<Uint8Array> {
  const bytes = await readModelFile(address);
  const locations = externalLocations(bytes);
  if (locations.length === 0) return bytes;
  const files = new Map<string, Uint8Array>();
  for (const location of locations) {
    if (/^(?:[/\\]|\w+:)|\.\./.test(location)) {
      throw new ModelError(`model: its weights lie in '${location}', expected a file beside the model`);
    }
    files.set(location, await readModelFile(addressBeside(address, location)));
  }
  return embedExternalTensors(bytes, files);
}

async function readModelFile(address: string): Promise<Uint8Array> {
  try {
    return await readBytes(address);
  } catch (cause) {
    throw new ModelError(`model: cannot read '${address}': ${(cause as NodeJS.ErrnoException).code ?? "error"}`, {
      cause,
    });
  }
}

/**
 * Embeddings of images, and of their mirror images where the flip rule asks for them, joined by the rule (not
 * normalized): [count, size], or [count, 2 · size] for "concat".
 */
export async function embedViews(
  embedder: ViewEmbedder,
  images: readonly RgbImage[],
  rule?: FlipRule,
): Promise<Embeddings> {
  requireFields("embedder", embedder, { contract: "an object", embed: "a function" });
  requireKind("images", images, "a list");
  const flip = rule ?? embedder.contract.flip;
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

/** Images in one run: enough to keep all cores busy, small enough to stay in their caches. */
const DEFAULT_BATCH = 32;

/** Images in one run; a network of a fixed number takes no fewer, so that its last batch is filled up with black. */
export type Batch = { readonly size: number; readonly isFixed: boolean };

/** Runs a compiled network on images, batch by batch. */
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
    if (!Array.isArray(images)) {
      throw new OptionError(`embedder: got ${describeValue(images)}, expected a list of decoded images`);
    }
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
      const result = results[outputName];
      if (result === undefined) throw new ModelError(`internal: the network has no output '${outputName}'`);
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
  requireImage(image);
  const { inputSize } = contract;
  if (image.height !== inputSize[0] || image.width !== inputSize[1]) {
    throw new ModelError(
      `embedder: got an image of ${image.width}×${image.height}, expected ${inputSize[1]}×${inputSize[0]}: fit it first`,
    );
  }
  writePlanes(image, contract, target);
}
