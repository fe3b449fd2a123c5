/**
 * Measures of whether a face is good enough to be compared. A network computes an embedding for anything, and
 * embeddings of blurred, dark or averted faces are near to each other whoever they show; so a photograph is checked
 * before it is enrolled. Nothing here is learned: each measure is a number with a unit, and each rejection says what to
 * do about it.
 */
import { requireFields } from "../../base/core/index.ts";
import type { RgbImage } from "../../base/image/index.ts";
import { landmarkTemplate, requireImage, requireLandmarks } from "../../base/image/index.ts";
import { alignFace } from "../embedder/index.ts";
import type { DetectedFace } from "./detection.ts";
import { type HeadPose, headPose } from "./head-pose.ts";
import { numberAt } from "./outputs.ts";

/** Measures of a face in an image. */
export type FaceQuality = HeadPose & {
  /** Distance between the eyes, pixels of the image. */
  readonly eyeDistance: number;
  /** The detector's score. */
  readonly score: number;
  /**
   * Variance of the Laplacian of the aligned face's luma over the variance of the luma itself. Blur reduces both,
   * but fine detail first; darkness and low contrast reduce both alike and cancel.
   */
  readonly sharpness: number;
  /** Mean luma of the aligned face, 0 (black) to 255 (white). */
  readonly brightness: number;
  /** Standard deviation of that luma, 0 to 127.5. */
  readonly contrast: number;
};

/** Accepted range of each measure. */
export type QualityLimits = {
  readonly minimumEyeDistance: number;
  readonly minimumScore: number;
  readonly minimumSharpness: number;
  readonly minimumBrightness: number;
  readonly maximumBrightness: number;
  readonly minimumContrast: number;
  /** Degrees to either side. */
  readonly maximumYaw: number;
  /** Degrees up or down. */
  readonly maximumPitch: number;
  /** Degrees either way. */
  readonly maximumRoll: number;
};

/**
 * Limits that reject about one in a hundred of LFW's photographs. docs/notes/recognition.md has the distribution of
 * each measure.
 */
export const DEFAULT_QUALITY_LIMITS: QualityLimits = {
  minimumEyeDistance: 20,
  minimumScore: 0.5,
  minimumSharpness: 0.02,
  minimumBrightness: 50,
  maximumBrightness: 210,
  minimumContrast: 15,
  maximumYaw: 45,
  maximumPitch: 30,
  maximumRoll: 45,
};

/** Reasons to reject a face. */
export type QualityCode =
  | "too-small"
  | "uncertain-face"
  | "blurred"
  | "too-dark"
  | "too-bright"
  | "low-contrast"
  | "turned-aside"
  | "turned-up-or-down"
  | "tilted";

/** Why a face is rejected: a code for programs, a sentence for the person who took the photograph. */
export type QualityRejection = {
  readonly code: QualityCode;
  readonly message: string;
  /** The measure, and the limit that it violates. */
  readonly value: number;
  readonly limit: number;
};

/**
 * Sides of the aligned face that is measured, and of the square around the nose that shows nothing but face; pixels.
 */
const SIDE = 112;
const FACE_SIDE = 72;
const FACE_LEFT = (SIDE - FACE_SIDE) / 2;
const FACE_TOP = 32;

const TARGET = { width: SIDE, height: SIDE, template: landmarkTemplate(SIDE, SIDE) };

/**
 * Measures a face that was detected in an image. The face is aligned to 112×112 first, so that sharpness means the
 * same for faces of every size: a small face drawn large has no fine detail, and counts as blurred.
 *
 * @throws {OptionError} when the landmarks span no area.
 */
export async function faceQuality(image: RgbImage, face: DetectedFace): Promise<FaceQuality> {
  requireFields("face", face, { landmarks: "a list", score: "a number" });
  requireLandmarks(face.landmarks);
  const { landmarks, score } = face;
  requireImage(image);
  const [leftEye, rightEye] = landmarks;
  const luma = faceLuma(await alignFace(image, landmarks, TARGET));
  const { mean, variance } = moments(luma);
  const detail = moments(laplacian(luma)).variance;
  return {
    ...headPose(landmarks),
    eyeDistance: Math.hypot(rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]),
    score,
    sharpness: variance === 0 ? 0 : detail / variance,
    brightness: mean,
    contrast: Math.sqrt(variance),
  };
}

/** The limits that a face violates, the worst for recognition first; an empty list for a good face. */
export function qualityRejections(
  quality: FaceQuality,
  limits: Partial<QualityLimits> = {},
): readonly QualityRejection[] {
  requireFields("quality", quality, { eyeDistance: "a number", score: "a number" });
  const limit = { ...DEFAULT_QUALITY_LIMITS, ...limits };
  const rejections: QualityRejection[] = [];
  const least = (code: QualityCode, value: number, minimum: number, message: string) => {
    if (!(value >= minimum)) rejections.push({ code, message, value, limit: minimum });
  };
  const most = (code: QualityCode, value: number, maximum: number, message: string) => {
    if (!(value <= maximum)) rejections.push({ code, message, value, limit: maximum });
  };
  const { eyeDistance, score, sharpness, brightness, contrast, yaw, pitch, roll } = quality;
  least("uncertain-face", score, limit.minimumScore, "This may not be a face: choose an image that shows it clearly.");
  const pixels = `${Math.round(eyeDistance)} pixels between the eyes, at least ${limit.minimumEyeDistance} are needed`;
  least("too-small", eyeDistance, limit.minimumEyeDistance, `The face is too small (${pixels}): go nearer.`);
  least("blurred", sharpness, limit.minimumSharpness, "The face is blurred: hold still, or focus on the face.");
  least("too-dark", brightness, limit.minimumBrightness, "The face is too dark: put light on it.");
  most("too-bright", brightness, limit.maximumBrightness, "The face is too bright: use less light.");
  least(
    "low-contrast",
    contrast,
    limit.minimumContrast,
    "The face is washed out: use even light, and no haze or glare.",
  );
  const aside = yaw > 0 ? "right" : "left";
  most(
    "turned-aside",
    Math.abs(yaw),
    limit.maximumYaw,
    `The face looks to the ${aside} of the image: face the camera.`,
  );
  const vertical = pitch > 0 ? "up" : "down";
  most("turned-up-or-down", Math.abs(pitch), limit.maximumPitch, `The face looks ${vertical}: face the camera.`);
  most("tilted", Math.abs(roll), limit.maximumRoll, "The head is tilted: hold it, or the camera, upright.");
  return rejections;
}

/** Luma (ITU-R BT.601) of the square that shows nothing but face. */
function faceLuma({ data, width }: RgbImage): Float32Array {
  const luma = new Float32Array(FACE_SIDE * FACE_SIDE);
  for (let y = 0; y < FACE_SIDE; y++) {
    for (let x = 0; x < FACE_SIDE; x++) {
      const from = 3 * ((FACE_TOP + y) * width + FACE_LEFT + x);
      const level = (channel: 0 | 1 | 2) => numberAt(data, from + channel);
      luma[y * FACE_SIDE + x] = 0.299 * level(0) + 0.587 * level(1) + 0.114 * level(2);
    }
  }
  return luma;
}

/** Four neighbors less four times the middle, of the pixels that have all four. */
function laplacian(luma: Float32Array): Float32Array {
  const inner = FACE_SIDE - 2;
  const output = new Float32Array(inner * inner);
  for (let y = 0; y < inner; y++) {
    for (let x = 0; x < inner; x++) {
      const at = (y + 1) * FACE_SIDE + x + 1;
      const around = [-1, 1, -FACE_SIDE, FACE_SIDE].reduce((sum, step) => sum + numberAt(luma, at + step), 0);
      output[y * inner + x] = around - 4 * numberAt(luma, at);
    }
  }
  return output;
}

function moments(values: Float32Array): { mean: number; variance: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, variance: squares / values.length };
}
