/** The interface of a face detector, whatever networks it consists of. */
import type { Box, Landmarks, RgbImage } from "../../base/image/index.ts";
import type { Photograph } from "./photograph.ts";

/** A face in an image; coordinates are pixels of the upright image, (0, 0) the middle of its first pixel. */
export type DetectedFace = {
  /** From forehead to chin; it may extend beyond the image's edge, but overlaps the image. */
  readonly box: Box;
  /** The detector's certainty that this is a face, 0 to 1: comparable within one detector, not a probability. */
  readonly score: number;
  /** Eyes, tip of the nose and mouth corners, left and right as seen in the image. */
  readonly landmarks: Landmarks;
};

/** Finds the faces of an image of any size. */
export interface FaceDetector {
  /** Network, and the file that it was read from. */
  readonly name: string;
  /** Licence of the weights, as their publisher states it, or "unknown". */
  readonly license: string;
  /** Faces of an image, highest score first; an empty list when it finds none. */
  detect(image: RgbImage): Promise<readonly DetectedFace[]>;
  close(): Promise<void>;
}

/** A detector that `openDetector` opened: it reads photographs as well as decoded images. */
export interface PhotographDetector extends FaceDetector {
  /**
   * Faces of a photograph, highest score first; an empty list when it finds none.
   * @throws {OptionError | ImageError} as {@link readPhotograph}.
   */
  detect(photograph: Photograph): Promise<readonly DetectedFace[]>;
}
