/** What every face detector gives, whatever network it is made of. */
import type { Box, Landmarks, RgbImage } from "../../base/image/index.ts";

/** A face in a picture; coordinates are pixels of the upright picture, (0, 0) the middle of its first pixel. */
export type DetectedFace = {
  /** From forehead to chin; it may reach over the picture's edge. */
  readonly box: Box;
  /** The detector's certainty that this is a face, 0 to 1: comparable within one detector, no probability. */
  readonly score: number;
  /** Eyes, tip of the nose and mouth corners, left and right as seen in the picture. */
  readonly landmarks: Landmarks;
};

/** Finds the faces of a picture of any size. */
export interface FaceDetector {
  /** Network, and the file it came from. */
  readonly name: string;
  /** Licence of the weights, as their publisher states it, or "unknown". */
  readonly license: string;
  /** Faces of a picture, highest score first; none where it finds none. */
  detect(image: RgbImage): Promise<readonly DetectedFace[]>;
  close(): Promise<void>;
}
