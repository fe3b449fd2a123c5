import type { Box, Landmarks, RgbImage } from "../../base/image/index.ts";

/** A possible face in an image, before overlapping candidates are merged. */
export type Candidate = {
  readonly box: Box;
  readonly score: number;
  /** If the network finds landmarks. */
  readonly landmarks?: Landmarks;
  /** Direction from the left eye to the right one, of any length, if the network finds the eyes alone. */
  readonly axis?: readonly [x: number, y: number];
};

/** A network that finds candidates in images up to a size. */
export interface CandidateNetwork<T extends Candidate = Candidate> {
  /** Longest side of an image in one run, pixels. */
  readonly side: number;
  /** Height of the smallest face that it finds reliably, pixels of such an image. */
  readonly smallestFace: number;
  /** Candidates with at least this score, in pixels of the image. */
  find(image: RgbImage, minimumScore: number): Promise<T[]>;
  close(): Promise<void>;
}
