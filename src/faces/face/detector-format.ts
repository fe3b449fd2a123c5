import type { PlaneFormat } from "../../base/image/index.ts";
import type { Tensors } from "../../compiler/runtime/index.ts";
import type { DetectedFace } from "./detection.ts";
import type { Size } from "./detector-levels.ts";

/** How the images of a kind of file are prepared, and how its outputs are read. */
export type DetectorFormat = {
  readonly name: string;
  readonly pixels: PlaneFormat;
  /** Score below which its authors' own code drops a face. */
  readonly minimumScore: number;
  /** Sides of images are multiples of this number of pixels, the side of the largest cells. */
  readonly multiple: number;
  /** Faces with at least this score, from the outputs for an image of this size. */
  decode(outputs: Tensors, size: Size, minimumScore: number): DetectedFace[];
};
