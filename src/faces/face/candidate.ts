import type { Box, Landmarks, RgbImage } from "../../base/image/index.ts";

/** What a network says about one place of a picture, before overlapping ones are merged. */
export type Candidate = {
  readonly box: Box;
  readonly score: number;
  /** Where the network gives them. */
  readonly landmarks?: Landmarks;
  /** Direction from the left eye to the right one, where the network gives no more than that; any length. */
  readonly axis?: readonly [x: number, y: number];
};

/** A network that looks at pictures up to a size. */
export interface CandidateNetwork<T extends Candidate = Candidate> {
  /** Longest side of a picture it takes, pixels. */
  readonly side: number;
  /** Height of the smallest face that it finds for certain, pixels of such a picture. */
  readonly smallestFace: number;
  /** Candidates with at least this score, in pixels of the picture. */
  find(image: RgbImage, minimumScore: number): Promise<T[]>;
  close(): Promise<void>;
}
