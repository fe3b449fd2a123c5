/** The second stage of detectors without landmarks: a network for one face at a time, upright and of one size. */
import type { Landmarks, RgbImage } from "../../base/image/index.ts";
import type { Session, Tensors } from "../../compiler/runtime/index.ts";
import type { Candidate } from "./candidate.ts";
import { cropFrames, frameAround, fromFrame } from "./frame.ts";
import type { Point } from "./landmarks.ts";

/** Five points of a face, and the network's certainty that there is a face, 0 to 1. */
export type FoundLandmarks = { readonly landmarks: Landmarks; readonly presence: number };

/**
 * The network's result for one face: its points by number, as shares of the square, and the certainty that it is one.
 */
export type FacePoints = { readonly point: (number: number) => Point; readonly presence: number };

/** How the images of a network of landmarks are prepared, and how its outputs are read. */
export type LandmarkFormat = {
  /** Side of its images, pixels. */
  readonly side: number;
  /** Side of the square around a face, in longer sides of its box. */
  readonly margin: number;
  /**
   * Numbers of the points around the left and the right eye of the image, of the nose's tip and of the mouth's corners.
   */
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

  /** Landmarks in pixels of the image, a set for each face. */
  async find(image: RgbImage, faces: readonly Candidate[]): Promise<FoundLandmarks[]> {
    const { side, margin, eyes, nose, mouth, read } = this.#format;
    const frames = faces.map(({ box, axis }) => frameAround(box, margin, axis));
    const found: FoundLandmarks[] = [];
    for (let start = 0; start < frames.length; start += BATCH) {
      const part = frames.slice(start, start + BATCH);
      const outputs = await this.#session.run({ pixels: await cropFrames(image, part, side) });
      for (const [i, frame] of part.entries()) {
        const { point, presence } = read(outputs, i);
        const pointAt = (numbers: readonly number[]) => fromFrame(frame, middle(numbers.map(point)));
        const landmarks: Landmarks = [
          pointAt(eyes[0]),
          pointAt(eyes[1]),
          pointAt([nose]),
          pointAt([mouth[0]]),
          pointAt([mouth[1]]),
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
