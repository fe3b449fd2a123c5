/**
 * Opens an ONNX file to train its network: the file as an embedder, which knows how its images are made, and the same
 * network as a graph with gradients for any number of images. The graph is believed only after it gave, for several
 * images together, what the file gives for each alone: a shape that holds the number of images would mix them, without
 * an error and with a loss that falls all the same.
 */
import { ModelError, OptionError, random } from "../../base/core/index.ts";
import type { RgbImage } from "../../base/image/index.ts";
import { outputOf } from "../../compiler/graph/index.ts";
import {
  addOnnxMetadata,
  addOutput,
  BATCH,
  onnxGraphBytes,
  readOnnx,
  readOnnxPorts,
  replaceTensors,
} from "../../compiler/onnx/index.ts";
import { compile, type Tensor, type Tensors } from "../../compiler/runtime/index.ts";
import {
  type ContractOverrides,
  contractMetadata,
  type EmbedderContract,
  type EmbedderFile,
  type EmbedderOptions,
  embedderId,
  ID_KEY,
  NetworkEmbedder,
  type OpenedEmbedder,
  openEmbedderFile,
  readEmbedderFile,
} from "../../faces/embedder/index.ts";
import { buildNetwork, configureNetwork, type Network } from "../nn/index.ts";
import { embeddingCandidates, rowSize } from "./embedding-candidates.ts";
import { type ForeignModel, foreignArchitecture, stateNameOf } from "./foreign-architecture.ts";
import type { ForeignTraining } from "./training-rules.ts";

/** An ONNX file whose network trains. */
export type ForeignNetwork = {
  readonly network: Network;
  /** How its images are made, and the size of its embeddings. */
  readonly contract: EmbedderContract;
  /** The id of the file as an embedder. */
  readonly id: string;
  /** The file with the weights of a training state, and further notes in its metadata. */
  readonly write: (state: Tensors, notes?: Readonly<Record<string, string>>) => Uint8Array;
};

/** How a file is opened: its preprocessing where the file does not state it, and how it is trained. */
export type OpenForeignOptions = ForeignTraining &
  ContractOverrides &
  Pick<EmbedderOptions, "threads" | "device" | "onNote">;

/**
 * Opens the file of an embedder to train it.
 *
 * @param from as `openEmbedder`; `options.output` may name a tensor inside the graph.
 * @throws {ModelError} when the file is not an embedder, has ops without a gradient, or mixes the images of a batch.
 */
export async function openForeign(from: string, options: OpenForeignOptions): Promise<ForeignNetwork> {
  requireRates(options);
  const { output, onNote = () => {}, threads, device, freeze, encoderRate, layerDecay, batchNorm, ...others } = options;
  const given = await readEmbedderFile(from);
  const wanted = output ?? given.sidecar.overrides.output;
  const file = wanted === undefined ? given : withOutput(given, wanted);
  const overrides = { ...others, ...(wanted === undefined ? {} : { output: wanted }) };
  const session = { ...(threads === undefined ? {} : { threads }), ...(device === undefined ? {} : { device }) };
  const embedder = await openEmbedderFile(file, overrides, session);
  try {
    const { contract, id, outputName } = embedder;
    const [input] = readOnnxPorts(file.bytes).inputs;
    const { inputSize, embeddingSize } = contract;
    const foreign: ForeignModel = {
      name: `onnx:${id}`,
      model: readOnnx(file.bytes, { anyBatch: true, output: outputName }),
      inputName: input?.name ?? "",
      inputSize,
      embeddingSize,
    };
    const architecture = foreignArchitecture(foreign, { freeze, encoderRate, layerDecay, batchNorm });
    const network = configureNetwork(architecture);
    await requireSameEmbeddings(network, embedder, session);
    if (input?.shape[0] === 1) onNote(`${from}: was made for one image at a time, and is trained on any number`);
    return { network, contract, id, write: (state, notes) => write(file.bytes, { network, contract, state, notes }) };
  } finally {
    await embedder.close();
  }
}

function requireRates({ encoderRate, layerDecay }: ForeignTraining): void {
  for (const [name, rate] of Object.entries({ "encoder rate": encoderRate, "layer decay": layerDecay })) {
    if (!(rate > 0 && rate <= 1)) throw new OptionError(`${name}: got ${rate}, expected a share in (0, 1]`);
  }
}

/** The file with a tensor of its graph as an output; the same file where it already is one. */
function withOutput(file: EmbedderFile, name: string): EmbedderFile {
  if (readOnnxPorts(file.bytes).outputs.some((output) => output.name === name)) return file;
  const found = outputOf(readOnnx(file.bytes, { anyBatch: true, output: name }).graph, name);
  const size = found && rowSize(found);
  if (size !== undefined) return { ...file, bytes: addOutput(file.bytes, name, BATCH, size) };
  const candidates = embeddingCandidates(file.bytes).map(({ name, size }) => `${name} (${size})`);
  throw new ModelError(
    `model: got output '${name}' of [${found?.shape}], expected one row of numbers for each image: ${candidates.join(", ")}`,
  );
}

/** Images of which the graph and the file compute embeddings. */
const PROOF_COUNT = 4;
/** Largest difference of two embeddings, as a share of their largest number; a file of 16 bits rounds more. */
const TOLERANCE = { f32: 1e-3, float16: 3e-2 };

/** Compares what the graph gives for several images with what the file gives for each of them alone. */
async function requireSameEmbeddings(
  network: Network,
  embedder: OpenedEmbedder,
  session: Pick<EmbedderOptions, "threads" | "device">,
): Promise<void> {
  const images = Array.from({ length: PROOF_COUNT }, (_, i) => proofImage(network, i));
  const together = await withGraph(network, embedder.contract, session, (graph) => graph.embed(images));
  for (const [i, image] of images.entries()) {
    const alone = await embedder.embed([image]);
    const row = together.data.subarray(i * together.size, (i + 1) * together.size);
    const largest = alone.data.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
    const difference = alone.data.reduce((most, number, k) => Math.max(most, Math.abs(number - (row[k] ?? 0))), 0);
    if (together.count === images.length && alone.size === together.size && difference <= TOLERANCE.float16 * largest)
      continue;
    throw new ModelError(
      `model: an image has another embedding beside other images than alone, by ${((100 * difference) / largest).toPrecision(2)} %: ` +
        "the file mixes the images of a batch: export it for a batch of any size",
    );
  }
}

/** Smooth levels and noise, other ones for each image. */
function proofImage({ inputSize: [height, width] }: Network, index: number): RgbImage {
  const stream = random(index, "proof");
  const data = Uint8Array.from({ length: 3 * height * width }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const wave = Math.sin((x * (index + 1)) / 9 + (i % 3)) * Math.cos((y * (index + 2)) / 11);
    return 128 + 80 * wave + 40 * (stream.uniform() - 0.5);
  });
  return { width, height, data };
}

async function withGraph<T>(
  network: Network,
  contract: EmbedderContract,
  session: Pick<EmbedderOptions, "threads" | "device">,
  use: (embedder: NetworkEmbedder) => Promise<T>,
): Promise<T> {
  const { embeddings, scope } = buildNetwork(network, PROOF_COUNT);
  const program = await compile({ name: "foreign", outputs: { embeddings } }, { ...session, measure: false });
  const runner = { session: program.session, inputName: "images", outputName: "embeddings", fixed: firstState(scope) };
  const graph = new NetworkEmbedder(runner, contract, { size: PROOF_COUNT, isFixed: true });
  try {
    return await use(graph);
  } finally {
    await graph.close();
  }
}

/** The tensors of a scope as its initializers give them: those of the file. */
function firstState({ parameters, statistics }: ReturnType<typeof buildNetwork>["scope"]): Tensors {
  const stream = random(0);
  return Object.fromEntries(
    [...parameters, ...statistics].map(({ name, shape, initializer }): [string, Tensor] => [
      name,
      { type: "f32", shape, data: initializer(shape, stream) },
    ]),
  );
}

type Writing = {
  readonly network: Network;
  readonly contract: EmbedderContract;
  readonly state: Tensors;
  readonly notes: Readonly<Record<string, string>> | undefined;
};

/** The file's own bytes with other weights, its contract and notes. */
function write(bytes: Uint8Array, { network, contract, state, notes = {} }: Writing): Uint8Array {
  const { scope } = buildNetwork(network, BATCH);
  const trained = [...scope.parameters.filter(({ frozen }) => !frozen), ...scope.statistics];
  const tensors = new Map(
    trained.map(({ name }) => {
      const tensor = state[name];
      if (tensor === undefined) throw new ModelError(`internal: the training state has no '${name}'`);
      return [fileNameOf(name), tensor.data as Float32Array];
    }),
  );
  const file = replaceTensors(bytes, tensors);
  const id = embedderId(onnxGraphBytes(file), contract);
  return addOnnxMetadata(file, { ...contractMetadata(contract), ...notes, [ID_KEY]: id });
}

const fileNameOf = (stateName: string): string => stateName.slice(stateNameOf("").length);
