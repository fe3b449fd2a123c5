import type { Box, Landmarks } from "../data/index.ts";
import type { RgbImage } from "../image/index.ts";

/** What a network says about one place of a picture, before overlapping ones are merged; without landmarks where it has none. */
export type Candidate = { readonly box: Box; readonly score: number; readonly landmarks?: Landmarks };

/** A network that looks at pictures up to a size, at the scale they have. */
export interface CandidateNetwork<T extends Candidate = Candidate> {
  /** Longest side of a picture it takes, pixels. */
  readonly side: number;
  /** Candidates with at least this score, in pixels of the picture. */
  find(image: RgbImage, minimumScore: number): Promise<T[]>;
  close(): Promise<void>;
}
