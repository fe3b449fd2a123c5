/**
 * Reads weights in the format of TensorFlow.js: a JSON manifest that names tensors with their shapes, and binary
 * shards that hold them one after another. Most are quantized to one byte an element, value = min + scale · byte;
 * they become f32 here, so that no other file has to know.
 *
 * The files come from the npm package `@vladmandic/face-api` (MIT), whose code is not used, or from a path.
 */
import { joinBytes, ModelError } from "../../base/core/index.ts";
import { addressBeside, readBytes, readText } from "../../base/files/index.ts";
import { constant, elementCount, type Value } from "../graph/index.ts";

const PACKAGE = "npm:@vladmandic/face-api/model";

/** A tensor of weights. */
export type WeightTensor = { readonly shape: readonly number[]; readonly data: Float32Array };

/** The networks in `@vladmandic/face-api` that this project reads. */
export const pretrainedNames = [
  "tiny_face_detector",
  "ssd_mobilenetv1",
  "face_landmark_68",
  "face_landmark_68_tiny",
  "face_recognition",
] as const;
/** Name of a network in `@vladmandic/face-api`. */
export type PretrainedName = (typeof pretrainedNames)[number];

/**
 * Reads the weights of a network from the installed package. @throws {ModelError} when its files are missing or
 * damaged.
 */
export async function loadPretrained(name: PretrainedName): Promise<PretrainedWeights> {
  try {
    return new PretrainedWeights(name, await readFiles(`${PACKAGE}/${name}_model-weights_manifest.json`));
  } catch (cause) {
    if (cause instanceof ModelError) throw new ModelError(`weights '${name}': ${cause.message}`, { cause });
    throw new ModelError(`weights '${name}' of @vladmandic/face-api cannot be read: run npm ci again`, { cause });
  }
}

/**
 * Reads the weights that the manifest at a path names; its shards lie beside it.
 * @throws {ModelError} when one of the files is missing or damaged.
 */
export async function loadWeights(path: string): Promise<PretrainedWeights> {
  try {
    return new PretrainedWeights(path.replace(/^.*[/\\]/, ""), await readFiles(path));
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const reason = cause instanceof SyntaxError ? "got a file that is not JSON, expected a manifest" : cause.message;
    throw new ModelError(`weights '${path}': ${reason}`, { cause });
  }
}

async function readFiles(address: string): Promise<Map<string, WeightTensor>> {
  const manifest = JSON.parse(await readText(address)) as unknown;
  return readManifest(manifest, (shard) => readBytes(addressBeside(address, shard)));
}

/** Weights by name, and constants of a graph that hold them in ONNX's layout. */
export class PretrainedWeights {
  readonly name: string;
  readonly #tensors: ReadonlyMap<string, WeightTensor>;

  constructor(name: string, tensors: ReadonlyMap<string, WeightTensor>) {
    this.name = name;
    this.#tensors = tensors;
  }

  /** A tensor as it is stored. @throws {ModelError} when it is missing. */
  tensor(name: string): WeightTensor {
    const found = this.#tensors.get(name);
    if (found === undefined) throw new ModelError(`weights '${this.name}' have no tensor '${name}'`);
    return found;
  }

  /** @throws {ModelError} when a tensor of a network is missing or has another shape. */
  requireShapes(shapes: ReadonlyMap<string, readonly number[]>): void {
    for (const [name, expected] of shapes) {
      const { shape } = this.tensor(name);
      if (shape.join() !== expected.join()) {
        throw new ModelError(`weights '${this.name}': got '${name}' of shape [${shape}], expected [${expected}]`);
      }
    }
  }

  /** A tensor as it is stored, as a constant of a graph: biases, matrices. */
  constant(name: string): Value {
    const { shape, data } = this.tensor(name);
    return constant(data, shape);
  }

  /** Weights of a convolution: [height, width, inputs, outputs] as stored → [outputs, inputs, height, width]. */
  convolution(name: string): Value {
    const { shape, data } = this.tensor(name);
    const [height, width, inputs, outputs] = fourSizes(name, shape);
    const moved = new Float32Array(data.length);
    let from = 0;
    for (let tap = 0; tap < height * width; tap++) {
      for (let input = 0; input < inputs; input++) {
        for (let output = 0; output < outputs; output++) {
          moved[(output * inputs + input) * height * width + tap] = data[from++]!;
        }
      }
    }
    return constant(moved, [outputs, inputs, height, width]);
  }

  /** Weights of a depthwise convolution: [height, width, channels, 1] as stored → [channels, 1, height, width]. */
  depthwise(name: string): Value {
    const { shape, data } = this.tensor(name);
    const [height, width, channels] = fourSizes(name, shape);
    const taps = height * width;
    const moved = new Float32Array(data.length);
    data.forEach((weight, from) => {
      moved[(from % channels) * taps + Math.floor(from / channels)] = weight;
    });
    return constant(moved, [channels, 1, height, width]);
  }
}

function fourSizes(name: string, shape: readonly number[]): [number, number, number, number] {
  const [a, b, c, d] = shape;
  if (a !== undefined && b !== undefined && c !== undefined && d !== undefined) return [a, b, c, d];
  throw new ModelError(`got '${name}' of shape [${shape}], expected a kernel with four sizes`);
}

/** An entry of a manifest. */
type Entry = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale: number; readonly min: number };
};

/** Tensors that are stored one after another in files. */
type Group = { readonly paths: readonly string[]; readonly weights: readonly Entry[] };

/**
 * The tensors that a manifest names, given a way to read its shards.
 * @throws {ModelError} for another layout or element type, and for shards shorter or longer than their tensors.
 */
export async function readManifest(
  manifest: unknown,
  readShard: (path: string) => Promise<Uint8Array>,
): Promise<Map<string, WeightTensor>> {
  if (!Array.isArray(manifest) || !manifest.every(isGroup)) {
    throw new ModelError("got a manifest in another layout, expected a list [{ paths, weights }, …]");
  }
  const tensors = new Map<string, WeightTensor>();
  for (const { paths, weights } of manifest) {
    const bytes = joinBytes(await Promise.all(paths.map(readShard)));
    let offset = 0;
    for (const entry of weights) {
      const count = elementCount(entry.shape);
      const end = offset + count * bytesPerElement(entry);
      if (end > bytes.length) throw new ModelError(`got ${bytes.length} bytes, which end within '${entry.name}'`);
      tensors.set(entry.name, { shape: entry.shape, data: decode(entry, bytes.subarray(offset, end), count) });
      offset = end;
    }
    if (offset !== bytes.length) throw new ModelError(`got ${bytes.length} bytes, expected ${offset}`);
  }
  return tensors;
}

function isGroup(value: unknown): value is Group {
  const { paths, weights } = Object(value) as Record<keyof Group, unknown>;
  const arePaths = Array.isArray(paths) && paths.every((path) => typeof path === "string");
  return arePaths && Array.isArray(weights) && weights.every(isEntry);
}

function isEntry(value: unknown): value is Entry {
  const { name, shape, dtype, quantization } = Object(value) as Record<keyof Entry, unknown>;
  const { dtype: stored, scale, min } = Object(quantization) as Record<string, unknown>;
  const isNamed = typeof name === "string" && typeof dtype === "string";
  const isShaped = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  return isNamed && isShaped && (stored !== "uint8" || (Number.isFinite(scale) && Number.isFinite(min)));
}

function bytesPerElement({ name, dtype, quantization }: Entry): number {
  if (quantization?.dtype === "uint8") return 1;
  if (quantization === undefined && (dtype === "float32" || dtype === "int32")) return 4;
  throw new ModelError(`'${name}' is ${quantization?.dtype ?? dtype}, expected float32, int32 or quantized uint8`);
}

/** Plain loops: `Float32Array.from` with a function took half of the time in which the default networks are opened. */
function decode({ dtype, quantization }: Entry, bytes: Uint8Array, count: number): Float32Array {
  const numbers = new Float32Array(count);
  if (quantization !== undefined) {
    const { scale, min } = quantization;
    for (let i = 0; i < count; i++) numbers[i] = min + scale * bytes[i]!;
  } else {
    const isInteger = dtype === "int32";
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < count; i++) {
      numbers[i] = isInteger ? view.getInt32(4 * i, true) : view.getFloat32(4 * i, true);
    }
  }
  return numbers;
}
