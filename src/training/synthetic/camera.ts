import type { Point } from "../../base/image/index.ts";
import { cosine, sine } from "./arithmetic.ts";
import type { Pose } from "./conditions.ts";

/** A point of the head in cm: x to the right of the image, y up, z to the camera; the eyes lie on y = 0. */
export type HeadPoint = readonly [x: number, y: number, z: number];

/** A rotation matrix in rows. */
type Rotation = readonly [...HeadPoint, ...HeadPoint, ...HeadPoint];

/** a · v + b · w. */
function combine(v: HeadPoint, a: number, w: HeadPoint, b: number): HeadPoint {
  return [v[0] * a + w[0] * b, v[1] * a + w[1] * b, v[2] * a + w[2] * b];
}

/** Height of the point around which the head rotates, cm. */
const PIVOT_Y = -2.5;

/**
 * A pinhole camera in front of a rotated head. It projects points of the head onto the image plane through the pivot
 * (in cm, y down, at the scale of the head), and gives the ray of every point of that plane in head coordinates.
 */
export class Camera {
  readonly distance: number;
  /** Rows are the camera's axes in head coordinates: right, up, toward the camera. */
  readonly rotation: Rotation;
  /** Position of the camera in head coordinates. */
  readonly eye: HeadPoint;

  constructor({ yaw, pitch, roll, distance }: Pose) {
    const [sy, cy, sp, cp, sr, cr] = [sine(yaw), cosine(yaw), sine(pitch), cosine(pitch), sine(roll), cosine(roll)];
    // Yaw comes first, then pitch, then roll, each about the axes of the camera.
    const yawedX: HeadPoint = [cy, 0, sy];
    const yawedY: HeadPoint = [0, 1, 0];
    const yawedZ: HeadPoint = [-sy, 0, cy];
    const up = combine(yawedY, cp, yawedZ, sp);
    const toward = combine(yawedY, -sp, yawedZ, cp);
    this.rotation = [...combine(yawedX, cr, up, sr), ...combine(yawedX, -sr, up, cr), ...toward];
    this.eye = [toward[0] * distance, toward[1] * distance + PIVOT_Y, toward[2] * distance];
    this.distance = distance;
  }

  /** Projects a point of the head onto the image plane. */
  project([x, y, z]: HeadPoint): Point {
    const r = this.rotation;
    const up = y - PIVOT_Y;
    const right = r[0] * x + r[1] * up + r[2] * z;
    const high = r[3] * x + r[4] * up + r[5] * z;
    const near = r[6] * x + r[7] * up + r[8] * z;
    const enlargement = this.distance / (this.distance - near);
    return [right * enlargement, -high * enlargement];
  }

  /** Converts a direction along right, up and toward the camera to head coordinates. */
  toHead(right: number, up: number, toward: number): HeadPoint {
    const r = this.rotation;
    return [
      r[0] * right + r[3] * up + r[6] * toward,
      r[1] * right + r[4] * up + r[7] * toward,
      r[2] * right + r[5] * up + r[8] * toward,
    ];
  }
}
