/**
 * Detectors that come as an ONNX file of somebody else. Files of YuNet and SCRFD are known, by how many outputs they
 * have and how long the rows of each are: names and order differ from export to export.
 */
import { ModelError } from "../../base/core/index.ts";
import { padImage, type RgbImage, writePlanes } from "../../base/image/index.ts";
import { type OnnxPort, readOnnxPorts } from "../../compiler/onnx/index.ts";
import { createSession, type Session, type SessionOptions } from "../../compiler/runtime/index.ts";
import type { CandidateNetwork } from "./candidate.ts";
import type { DetectedFace } from "./detection.ts";
import type { DetectorFormat } from "./detector-format.ts";
import { scrfdFormat } from "./scrfd.ts";
import { yunetFormat } from "./yunet.ts";
import { yunet2022Format } from "./yunet-2022.ts";

/**
 * Largest side of an image in one run where the file does not fix it: the known networks were trained on 640 × 640.
 */
const DEFAULT_SIDE = 640;
/** Side of the image that a file is tried with, where it does not declare the sizes of its outputs. */
const TRIED_SIDE = 128;

/** Height of the smallest faces that they were trained to find, pixels. */
const SMALLEST_FACE = 10;

/**
 * Loads a detector file.
 *
 * @throws {ModelError} that lists the outputs when the file is not a known detector with landmarks.
 */
export async function openOnnxNetwork(bytes: Uint8Array, options: SessionOptions): Promise<OnnxNetwork> {
  const { inputs, outputs } = readOnnxPorts(bytes);
  const [input] = inputs;
  const isImage = input?.shape.length === 4 && ["f32", "float16"].includes(input.type);
  const [batch, channels] = input?.shape ?? [];
  if (input === undefined || inputs.length !== 1 || !isImage || (typeof channels === "number" && channels !== 3)) {
    const got = inputs.map(({ name, type, shape }) => `${name} ${type}[${shape.join("×")}]`).join(", ");
    throw new ModelError(`detector: got a file with inputs ${got}, expected one f32 input 1×3×height×width`);
  }
  if (typeof batch === "number" && batch !== 1) {
    throw new ModelError(`detector: got a file for ${batch} images at once, expected one: export it with a batch of 1`);
  }
  const declared = formatOf(outputs.map(({ shape }) => shape));
  const isOpen = outputs.some(({ shape }) => typeof shape.at(-1) !== "number");
  if (declared === undefined && !isOpen) throw unknownFile(outputs);
  const session = await createSession(bytes, options);
  try {
    const format = declared ?? (await triedFormat(session, input));
    if (format === undefined) throw unknownFile(outputs);
    return new OnnxNetwork(session, input, format);
  } catch (error) {
    await session.close();
    throw error;
  }
}

function unknownFile(outputs: readonly OnnxPort[]): ModelError {
  const got = outputs.map(({ name, shape }) => `${name} [${shape}]`).join(", ");
  return new ModelError(`detector: got a file with outputs ${got}, expected those of YuNet or SCRFD`);
}

/** The format whose outputs have these shapes; an axis of images or of single numbers may be left out. */
function formatOf(shapes: readonly (readonly (number | string)[])[]): DetectorFormat | undefined {
  const lengths = shapes.map((shape) => shape.at(-1));
  if (!lengths.every((length) => typeof length === "number")) return undefined;
  return yunetFormat(lengths) ?? yunet2022Format(lengths) ?? scrfdFormat(lengths);
}

/** The format by what the file gives for an image. */
async function triedFormat(session: Session, input: OnnxPort): Promise<DetectorFormat | undefined> {
  const [height, width] = [input.shape[2], input.shape[3]].map((side) =>
    typeof side === "number" ? side : TRIED_SIDE,
  );
  if (height === undefined || width === undefined) return undefined;
  const data = new Float32Array(3 * height * width);
  const outputs = await session.run({ [input.name]: { type: "f32", shape: [1, 3, height, width], data } });
  return formatOf(Object.values(outputs).map(({ shape }) => shape));
}

/** A detector file inside ONNX Runtime. */
export class OnnxNetwork implements CandidateNetwork<DetectedFace> {
  readonly side: number;
  readonly smallestFace = SMALLEST_FACE;
  readonly format: DetectorFormat;
  readonly #session: Session;
  readonly #input: OnnxPort;

  constructor(session: Session, input: OnnxPort, format: DetectorFormat) {
    this.#session = session;
    this.#input = input;
    this.format = format;
    const fixed = input.shape.slice(2).filter((size) => typeof size === "number");
    this.side = fixed.length === 0 ? DEFAULT_SIDE : Math.min(...fixed);
  }

  async find(image: RgbImage, minimumScore: number): Promise<DetectedFace[]> {
    const height = this.#paddedSize(2, image.height);
    const width = this.#paddedSize(3, image.width);
    const data = new Float32Array(3 * height * width);
    writePlanes(padImage(image, width, height), this.format.pixels, data);
    const pixels = { type: "f32", shape: [1, 3, height, width], data } as const;
    const outputs = await this.#session.run({ [this.#input.name]: pixels });
    return this.format.decode(outputs, { width, height }, minimumScore);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #paddedSize(axis: number, size: number): number {
    const declared = this.#input.shape[axis];
    const { multiple } = this.format;
    return typeof declared === "number" ? declared : multiple * Math.ceil(size / multiple);
  }
}
