/** Networks that npm installs, compiled from this project's own graphs, for square images of one size. */
import type { Box } from "../../base/image/index.ts";
import { padImage, type RgbImage, resizeImage } from "../../base/image/index.ts";
import { input, type Value } from "../../compiler/graph/index.ts";
import { compile, type Session, type SessionOptions, type Tensors } from "../../compiler/runtime/index.ts";
import type { Candidate, CandidateNetwork } from "./candidate.ts";

/** Candidates, with coordinates as shares of the square, from the outputs of a network. */
export type DecodeSquare = (outputs: Tensors, minimumScore: number) => Candidate[];

/** The smallest face that these networks find reliably, as a share of the square. */
const SMALLEST_SHARE = 1 / 8;

/** A detector of square images: an image is enlarged or reduced until its longest side fits. */
export class SquareNetwork implements CandidateNetwork {
  readonly side: number;
  readonly smallestFace: number;
  readonly #inputSide: number;
  readonly #session: Session;
  readonly #decode: DecodeSquare;

  /** `side`: images up to this size are searched whole; `inputSide`: side of the network's input. */
  constructor(side: number, inputSide: number, session: Session, decode: DecodeSquare) {
    this.side = side;
    this.smallestFace = side * SMALLEST_SHARE;
    this.#inputSide = inputSide;
    this.#session = session;
    this.#decode = decode;
  }

  async find(image: RgbImage, minimumScore: number): Promise<Candidate[]> {
    const longest = Math.max(image.width, image.height);
    const side = this.#inputSide;
    const width = Math.max(1, Math.round((image.width * side) / longest));
    const height = Math.max(1, Math.round((image.height * side) / longest));
    const { data } = padImage(await resizeImage(image, width, height), side, side);
    const outputs = await this.#session.run({ pixels: { type: "u8", shape: [1, side, side, 3], data } });
    return this.#decode(outputs, minimumScore).map(({ box, score, axis }) => ({
      box: scaleBox(box, longest),
      score,
      ...(axis === undefined ? {} : { axis }),
    }));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

/** From shares of the square to pixels; (0, 0) is the middle of the first. */
function scaleBox({ x, y, width, height }: Box, side: number): Box {
  return { x: x * side - 0.5, y: y * side - 0.5, width: width * side, height: height * side };
}

/** Compiles a network for square images of bytes. */
export async function openSquareSession(
  side: number,
  build: (pixels: Value) => { readonly [name: string]: Value },
  options: SessionOptions,
): Promise<Session> {
  const outputs = build(input("pixels", "u8", ["batch", side, side, 3]));
  return (await compile({ name: "face", outputs }, options)).session;
}

/** The probability of a logit. */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
