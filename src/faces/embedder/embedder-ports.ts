/**
 * Which input and output of an ONNX file are those of an embedder. A file is judged by what it declares and then by
 * what it really computes for two images (`probe-network.ts`): declared sizes are often open, and sometimes wrong.
 */
import { ModelError } from "../../base/core/index.ts";
import type { OnnxPort } from "../../compiler/onnx/index.ts";
import type { Tensor } from "../../compiler/runtime/index.ts";

/** Inputs and outputs that a file declares. */
export type ModelPorts = { readonly inputs: readonly OnnxPort[]; readonly outputs: readonly OnnxPort[] };

/** The input of an embedder: N×3×height×width. */
export type EmbedderInput = {
  readonly name: string;
  /** [height, width] in pixels. */
  readonly size: readonly [number, number];
  /** Images that one run takes; undefined where the file leaves it open. */
  readonly batch: number | undefined;
};

/** Element types that images and embeddings may have; the engine gives f16 as f32. */
const FLOATS: readonly string[] = ["f32", "float16"];
/** Outputs that stand for something other than an embedding, however they are shaped. */
const CLASS_NAMES = /logit|softmax|prob|classif|categor/i;

/** The only input of an embedder. @throws {ModelError} that describes the file when it is something else. */
export function embedderInput({ inputs, outputs }: ModelPorts): EmbedderInput {
  const [input] = inputs;
  const got = `model: got ${describePorts("input", inputs)}, expected one f32 input N×3×height×width`;
  if (outputs.length === 0) {
    throw new ModelError("model: got a file without outputs, expected one of N×d: export it with its outputs");
  }
  if (input === undefined || inputs.length !== 1) throw new ModelError(got);
  if (isDetector(outputs)) {
    throw new ModelError(
      "model: got the file of a face detector, with outputs for boxes and landmarks: give it by --detector, and an " +
        "embedder by --model",
    );
  }
  const [batch, channels, height, width] = input.shape;
  if (input.shape.length === 4 && channels !== 3 && width === 3) {
    throw new ModelError(`${got}: this file takes images with channels last: export it with channels first (NCHW)`);
  }
  if (input.shape.length === 4 && channels === 1) throw new ModelError(`${got}: this file takes gray images`);
  if (input.shape.length !== 4 || (typeof channels === "number" && channels !== 3)) throw new ModelError(got);
  if (!FLOATS.includes(input.type)) throw new ModelError(`${got}: export it for images of f32 numbers`);
  if (typeof height !== "number" || typeof width !== "number") {
    throw new ModelError("model: its input has no fixed height and width: export it with the size it was trained with");
  }
  return { name: input.name, size: [height, width], batch: typeof batch === "number" ? batch : undefined };
}

/** YuNet and SCRFD have an output of five points for each size of cells. */
function isDetector(outputs: readonly OnnxPort[]): boolean {
  const isBox = ({ name, shape }: OnnxPort) => shape.at(-1) === 4 || /bbox|loc$/i.test(name);
  const isPoints = ({ name, shape }: OnnxPort) => shape.at(-1) === 10 || /kps|landmark/i.test(name);
  return outputs.length >= 3 && outputs.some(isBox) && outputs.some(isPoints);
}

/**
 * What an output really is for `imageCount` images: numbers of each image; undefined where it is not one row an image.
 */
export function rowSize({ type, shape, data }: Tensor, imageCount: number): number | undefined {
  if (type !== "f32") return undefined;
  const [first, ...rest] = shape;
  // A file for one image may leave out the axis of images.
  if (imageCount === 1 && shape.length === 1 && first !== undefined && first > 1) return data.length;
  const isRow = first === imageCount && rest.filter((size) => size !== 1).length <= 1;
  return isRow ? data.length / imageCount : undefined;
}

/**
 * The output that is an embedding: the one that a person names, else the only one with more than one number an image
 * that does not stand for classes.
 *
 * @param outputs what the file declares.
 * @param results what it computes for `imageCount` images.
 * @throws {ModelError} that lists the outputs when none or several of them could be meant.
 */
export function embeddingOutput(
  outputs: readonly OnnxPort[],
  results: { readonly [name: string]: Tensor },
  imageCount: number,
  wanted: string | undefined,
): string {
  const listed = outputs.map(({ name, type }) => {
    const { shape = [] } = results[name] ?? {};
    return `${name} ${type}[${shape.join("×")}]`;
  });
  const list = listed.join(", ");
  const sizeOf = (name: string) => {
    const result = results[name];
    return (result && rowSize(result, imageCount)) ?? 0;
  };
  if (wanted !== undefined) {
    if (!outputs.some(({ name }) => name === wanted)) {
      throw new ModelError(`model: got output '${wanted}', expected one of the file's: ${list}`);
    }
    if (sizeOf(wanted) > 1) return wanted;
    throw new ModelError(
      `model: output '${wanted}' is not an embedding, which has one row of more than one number for each image: the ` +
        `file has ${list}`,
    );
  }
  const rows = outputs.filter(({ name }) => sizeOf(name) > 1);
  const candidates = rows.filter(({ name }) => !CLASS_NAMES.test(name));
  const [candidate] = candidates;
  if (candidate !== undefined && candidates.length === 1) return candidate.name;
  if (candidates.length > 1) {
    throw new ModelError(`model: several outputs could be the embedding: ${list}: name one by --output`);
  }
  if (rows.length > 0) {
    throw new ModelError(
      `model: got outputs that stand for classes, expected an embedding: ${list}: export the layer before, or name an ` +
        "output by --output if it is one",
    );
  }
  throw new ModelError(
    `model: no output is an embedding, which has one row of more than one number for each image: the file has ${list}`,
  );
}

function describePorts(what: string, ports: readonly OnnxPort[]): string {
  if (ports.length === 0) return `no ${what}`;
  const list = ports.map(({ name, type, shape }) => `${name} ${type}[${shape.join("×")}]`).join(", ");
  return ports.length === 1 ? `the ${what} ${list}` : `${ports.length} ${what}s (${list})`;
}
