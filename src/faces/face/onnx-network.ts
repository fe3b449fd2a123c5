/**
 * Detectors that come as an ONNX file of somebody else. Those known here look at a picture in cells of 8, 16 and 32
 * pixels, and say for each cell whether a face's middle is there, where its box ends, and where its five landmarks are.
 * They differ in what the numbers are relative to, and in names: a file is told by its outputs.
 */
import type { Landmarks } from "../../base/image/index.ts";
import { type PlaneFormat, padImage, type RgbImage, writePlanes } from "../../base/image/index.ts";
import type { OnnxPort } from "../../compiler/onnx/index.ts";
import type { Session, Tensors } from "../../compiler/runtime/index.ts";
import type { CandidateNetwork } from "./candidate.ts";
import type { DetectedFace } from "./detection.ts";

/** Cell sizes, pixels; sides of pictures are multiples of the largest. */
export const STRIDES = [8, 16, 32] as const;
const LARGEST_STRIDE = 32;

/** Pictures are looked at up to this size where the file does not fix one: both networks were trained on 640 × 640. */
const DEFAULT_SIDE = 640;

/** Height of the smallest faces that they were trained to find, pixels. */
const SMALLEST_FACE = 10;

/** Cells of one size over a picture: cell i is in column i mod `columns`. */
export type Grid = { readonly stride: number; readonly columns: number };

/** How a kind of file is fed and read. */
export type DetectorFormat = {
  readonly name: string;
  readonly pixels: PlaneFormat;
  /** Score below which its authors' own code drops a face. */
  readonly minimumScore: number;
  /** Candidates of one cell size. */
  decode(outputs: Tensors, grid: Grid, minimumScore: number): DetectedFace[];
};

/** Five points in pixels, stored as offsets in cells from the corner of their cell. */
export function landmarksAt(points: Float32Array, index: number, cell: number, { stride, columns }: Grid): Landmarks {
  const [column, row] = [cell % columns, Math.floor(cell / columns)];
  return Array.from({ length: 5 }, (_, i) => [
    (column + points[10 * index + 2 * i]!) * stride,
    (row + points[10 * index + 2 * i + 1]!) * stride,
  ]) as unknown as Landmarks;
}

/** A detector file inside ONNX Runtime. */
export class OnnxNetwork implements CandidateNetwork<DetectedFace> {
  readonly side: number;
  readonly smallestFace = SMALLEST_FACE;
  readonly #session: Session;
  readonly #input: OnnxPort;
  readonly #format: DetectorFormat;

  constructor(session: Session, input: OnnxPort, format: DetectorFormat) {
    this.#session = session;
    this.#input = input;
    this.#format = format;
    const fixed = input.shape.slice(2).filter((size) => typeof size === "number");
    this.side = fixed.length === 0 ? DEFAULT_SIDE : Math.min(...fixed);
  }

  async find(image: RgbImage, minimumScore: number): Promise<DetectedFace[]> {
    const height = this.#paddedSize(2, image.height);
    const width = this.#paddedSize(3, image.width);
    const data = new Float32Array(3 * height * width);
    writePlanes(padImage(image, width, height), this.#format.pixels, data);
    const pixels = { type: "f32", shape: [1, 3, height, width], data } as const;
    const outputs = await this.#session.run({ [this.#input.name]: pixels });
    return STRIDES.flatMap((stride) => this.#format.decode(outputs, { stride, columns: width / stride }, minimumScore));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #paddedSize(axis: number, size: number): number {
    const declared = this.#input.shape[axis];
    return typeof declared === "number" ? declared : LARGEST_STRIDE * Math.ceil(size / LARGEST_STRIDE);
  }
}
