/** The second stage of detectors without landmarks: a network that sees one face at a time, upright and of one size. */
import type { Landmarks, RgbImage } from "../../base/image/index.ts";
import type { Session, Tensors } from "../../compiler/runtime/index.ts";
import type { Candidate } from "./candidate.ts";
import { cropFrames, frameAround, fromFrame } from "./frame.ts";
import type { Point } from "./landmarks.ts";

/** Five points of a face, and how sure the network is that it sees a face at all, 0 to 1. */
export type FoundLandmarks = { readonly landmarks: Landmarks; readonly presence: number };

/** What a network says of face `index` of a run: its points by number, as shares of the square, and whether it is one. */
export type FacePoints = { readonly point: (number: number) => Point; readonly presence: number };

/** How a network of landmarks is fed and read. */
export type LandmarkFormat = {
  /** Side of the pictures it takes, pixels. */
  readonly side: number;
  /** Side of the square around a face, in longer sides of its box. */
  readonly margin: number;
  /** Numbers of the points around the left and the right eye of the picture, of the nose's tip and of the mouth's corners. */
  readonly eyes: readonly [readonly number[], readonly number[]];
  readonly nose: number;
  readonly mouth: readonly [number, number];
  readonly read: (outputs: Tensors, index: number) => FacePoints;
};

/** Faces in one run. */
const BATCH = 16;

/** Finds the landmarks of faces whose boxes are known. */
export class LandmarkFinder {
  readonly #session: Session;
  readonly #format: LandmarkFormat;

  constructor(session: Session, format: LandmarkFormat) {
    this.#session = session;
    this.#format = format;
  }

  /** Landmarks in pixels of the picture, a set for each face. */
  async find(image: RgbImage, faces: readonly Candidate[]): Promise<FoundLandmarks[]> {
    const { side, margin, eyes, nose, mouth, read } = this.#format;
    const frames = faces.map(({ box, axis }) => frameAround(box, margin, axis));
    const found: FoundLandmarks[] = [];
    for (let start = 0; start < frames.length; start += BATCH) {
      const part = frames.slice(start, start + BATCH);
      const outputs = await this.#session.run({ pixels: await cropFrames(image, part, side) });
      for (const [i, frame] of part.entries()) {
        const { point, presence } = read(outputs, i);
        const place = (numbers: readonly number[]) => fromFrame(frame, middle(numbers.map(point)));
        const landmarks: Landmarks = [
          place(eyes[0]),
          place(eyes[1]),
          place([nose]),
          place([mouth[0]]),
          place([mouth[1]]),
        ];
        found.push({ landmarks, presence });
      }
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

function middle(points: readonly Point[]): Point {
  const sum = (axis: 0 | 1) => points.reduce((total, point) => total + point[axis], 0);
  return [sum(0) / points.length, sum(1) / points.length];
}
