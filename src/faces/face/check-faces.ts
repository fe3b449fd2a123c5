/**
 * The most frequent faults of an embedder's input, found without knowledge of the network: red and blue exchanged,
 * landmarks of left and right exchanged, and crops that are not aligned. With each of them scores still look like
 * scores.
 */

import { OptionError, requireFields, requireKnownKeys } from "../../base/core/index.ts";
import type { Landmarks, RgbImage } from "../../base/image/index.ts";
import { requireImage, requireLandmarks } from "../../base/image/index.ts";
import type { AlignmentTarget } from "../embedder/index.ts";
import type { FaceDetector } from "./detection.ts";
import { mainFace } from "./main-face.ts";
import { numberAt } from "./outputs.ts";

/** A fault of the input, with a sentence for a person. */
export type FaceWarning = { readonly kind: "colors" | "mirrored-landmarks" | "unaligned"; readonly message: string };

/**
 * Whether the landmarks' left and right are exchanged. Seen from the left eye along the line to the right one, the
 * mouth lies on the right side however a face is rotated in the image; it changes sides when left and right are
 * exchanged.
 */
export function areLandmarksMirrored(landmarks: Landmarks): boolean {
  requireLandmarks(landmarks);
  const [left, right, , mouthLeft, mouthRight] = landmarks;
  const [eyesX, eyesY] = [right[0] - left[0], right[1] - left[1]];
  const downX = (mouthLeft[0] + mouthRight[0] - left[0] - right[0]) / 2;
  const downY = (mouthLeft[1] + mouthRight[1] - left[1] - right[1]) / 2;
  return eyesX * downY - eyesY * downX < 0;
}

/**
 * Mean distance of the landmarks in a crop from those of its template, in distances between the template's eyes;
 * Infinity if the detector finds no face.
 */
export async function alignmentError(crop: RgbImage, target: AlignmentTarget, detector: FaceDetector): Promise<number> {
  requireImage(crop);
  requireFields("target", target, { width: "a number", height: "a number", template: "a list" });
  requireFields("detector", detector, { detect: "a function" });
  const face = mainFace(await detector.detect(crop), crop);
  if (face === undefined) return Number.POSITIVE_INFINITY;
  const { template } = target;
  const eyes = Math.hypot(template[1][0] - template[0][0], template[1][1] - template[0][1]);
  const distances = face.landmarks.map(([x, y], i) => {
    const [templateX, templateY] = template[i] ?? [x, y];
    return Math.hypot(x - templateX, y - templateY);
  });
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length / eyes;
}

/**
 * (red − blue) / (red + blue) between eyes and mouth. Skin of every color reflects more red than blue, so under most
 * light this is positive; gray images give 0.
 */
export function skinWarmth(crop: RgbImage, target: AlignmentTarget): number {
  requireImage(crop);
  requireFields("target", target, { width: "a number", height: "a number", template: "a list" });
  const { template } = target;
  const xs = template.map(([x]) => x);
  const ys = template.map(([, y]) => y);
  const bound = (value: number, size: number) => Math.min(Math.max(Math.round(value), 0), size);
  const [left, right] = [bound(Math.min(...xs), crop.width), bound(Math.max(...xs), crop.width)];
  const [top, bottom] = [bound(Math.min(...ys), crop.height), bound(Math.max(...ys), crop.height)];
  let red = 0;
  let blue = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      red += numberAt(crop.data, 3 * (y * crop.width + x));
      blue += numberAt(crop.data, 3 * (y * crop.width + x) + 2);
    }
  }
  return (red - blue) / Math.max(1, red + blue);
}

/** Fewest crops of a check: fewer could all be of a blue evening. */
export const FEWEST_CHECKED_FACES = 5;
/** Median error of alignment, in distances between the eyes, from which crops count as unaligned. */
const ALIGNMENT_LIMIT = 0.2;
/** Median warmth below which colors count as exchanged; gray images lie above. */
const WARMTH_LIMIT = -0.02;

/** Faces as an embedder gets them, and the landmarks that they were aligned by. */
export type CheckFacesOptions = {
  /** Aligned crops of several photographs, at least 5. */
  readonly crops: readonly RgbImage[];
  /** The template that they should be aligned to. */
  readonly target: AlignmentTarget;
  /** Landmarks in the photographs, if they are known. */
  readonly landmarks?: readonly Landmarks[];
  readonly detector: FaceDetector;
};

/**
 * Looks for exchanged colors, exchanged landmarks and missing alignment in a handful of faces. Judges by the median,
 * since single images may be blue, rotated or blurred. An empty list does not prove that all is well.
 * @throws {OptionError} for fewer than five crops.
 */
export async function checkFaces(options: CheckFacesOptions): Promise<readonly FaceWarning[]> {
  requireKnownKeys("options of checkFaces", options, { crops: true, target: true, landmarks: true, detector: true });
  requireFields("options of checkFaces", options, { crops: "a list", target: "an object", detector: "an object" });
  const { crops, target, landmarks = [], detector } = options;
  if (crops.length < FEWEST_CHECKED_FACES) {
    throw new OptionError(
      `got ${crops.length} crops, expected at least ${FEWEST_CHECKED_FACES}: one may be an exception`,
    );
  }
  const warnings: FaceWarning[] = [];
  const mirroredCount = landmarks.filter(areLandmarksMirrored).length;
  if (mirroredCount > 0) {
    const message = `left and right are exchanged in ${mirroredCount} of ${landmarks.length} faces' landmarks: expected left as seen in the image`;
    warnings.push({ kind: "mirrored-landmarks", message });
  }
  const errors: number[] = [];
  for (const crop of crops) errors.push(await alignmentError(crop, target, detector));
  if (median(errors) > ALIGNMENT_LIMIT) {
    const message = "the landmarks do not lie on the template: align the images first, or name another template";
    warnings.push({ kind: "unaligned", message });
  }
  if (median(crops.map((crop) => skinWarmth(crop, target))) < WARMTH_LIMIT) {
    const message = "skin is bluer than red: red and blue are probably exchanged (BGR read as RGB)";
    warnings.push({ kind: "colors", message });
  }
  return warnings;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
