/**
 * The rotation of a head, from five landmarks. The tip of the nose stands out of the plane of eyes and mouth; when the
 * head rotates by an angle φ it moves against that plane by depth · sin φ, while distances in the plane shrink by
 * cos φ. So the shift of the nose, in units of the face itself, is depth · tan φ:
 *
 *   tan yaw   = (nose − axis from eyes to mouth) / (eye distance · 0.55)
 *   tan pitch = (0.5 − position of the nose between eyes (0) and mouth (1)) / 0.5
 *
 * Depths are those of an average head. The shape of a nose and a smile change yaw by up to 15 % of itself, pitch by up
 * to 8°: enough to distinguish a face in profile from a frontal one, not to measure angles.
 */

import type { Landmarks, Point } from "../../base/image/index.ts";
import { requireLandmarks } from "../../base/image/index.ts";

/** Degrees, as seen in the image: yaw to the right, pitch up, roll clockwise. */
export type HeadPose = { readonly yaw: number; readonly pitch: number; readonly roll: number };

/** Depth of the nose's tip, in distances between the eyes. */
const NOSE_DEPTH = 0.55;
/**
 * The same in distances from the eyes to the mouth, and the position of the nose when the face looks straight ahead.
 */
const NOSE_DEPTH_OF_HEIGHT = 0.5;
const NOSE_POSITION = 0.5;

/** Yaw, pitch and roll of a face, each within ±90°; roll within ±180°. */
export function headPose(landmarks: Landmarks): HeadPose {
  requireLandmarks(landmarks);
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks;
  const roll = Math.atan2(rightEye[1] - leftEye[1], rightEye[0] - leftEye[0]);
  const [right, down] = [Math.cos(roll), Math.sin(roll)];
  const eyes = middle(leftEye, rightEye);
  /** Coordinates along the line of the eyes and across it, from their middle. */
  const inFace = ([x, y]: Point): Point => [
    (x - eyes[0]) * right + (y - eyes[1]) * down,
    (y - eyes[1]) * right - (x - eyes[0]) * down,
  ];
  const [noseX, noseY] = inFace(nose);
  const [mouthX, mouthY] = inFace(middle(leftMouth, rightMouth));
  const position = noseY / mouthY;
  const eyeDistance = Math.hypot(rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]);
  return {
    yaw: degrees(Math.atan((noseX - position * mouthX) / (eyeDistance * NOSE_DEPTH))),
    pitch: degrees(Math.atan((NOSE_POSITION - position) / NOSE_DEPTH_OF_HEIGHT)),
    roll: degrees(roll),
  };
}

function middle(a: Point, b: Point): Point {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
