import type { Point } from "../../base/image/index.ts";
import { cosine, sine } from "./arithmetic.ts";
import type { Pose } from "./conditions.ts";

/** A point of the head in cm: x to the right of the picture, y up, z to the camera; the eyes lie on y = 0. */
export type HeadPoint = readonly [x: number, y: number, z: number];

/** What the head turns around, cm. */
const PIVOT_Y = -2.5;

/**
 * A pinhole camera before a turned head. It projects points of the head onto the picture plane through the pivot
 * (in cm, y down, so that there a centimeter is a centimeter), and gives the ray of every point of that plane in the
 * head's own coordinates.
 */
export class Camera {
  readonly distance: number;
  /** Rows are the camera's axes in head coordinates: right, up, toward the camera. */
  readonly rotation: readonly number[];
  /** Where the camera is, in head coordinates. */
  readonly eye: HeadPoint;

  constructor({ yaw, pitch, roll, distance }: Pose) {
    const [sy, cy, sp, cp, sr, cr] = [sine(yaw), cosine(yaw), sine(pitch), cosine(pitch), sine(roll), cosine(roll)];
    // Yaw turns first, then pitch, then roll: each about the camera's axes.
    const yawed = [
      [cy, 0, sy],
      [0, 1, 0],
      [-sy, 0, cy],
    ] as const;
    const up = yawed[1].map((v, i) => v * cp + yawed[2][i]! * sp);
    const toward = yawed[1].map((v, i) => -v * sp + yawed[2][i]! * cp);
    const right = yawed[0].map((v, i) => v * cr + up[i]! * sr);
    const upright = yawed[0].map((v, i) => -v * sr + up[i]! * cr);
    this.rotation = [...right, ...upright, ...toward];
    this.distance = distance;
    this.eye = [toward[0]! * distance, toward[1]! * distance + PIVOT_Y, toward[2]! * distance];
  }

  /** Where a point of the head appears on the picture plane. */
  project([x, y, z]: HeadPoint): Point {
    const r = this.rotation;
    const up = y - PIVOT_Y;
    const right = r[0]! * x + r[1]! * up + r[2]! * z;
    const high = r[3]! * x + r[4]! * up + r[5]! * z;
    const near = r[6]! * x + r[7]! * up + r[8]! * z;
    const enlargement = this.distance / (this.distance - near);
    return [right * enlargement, -high * enlargement];
  }

  /** A direction given along right, up and toward the camera, in head coordinates. */
  toHead(right: number, up: number, toward: number): HeadPoint {
    const r = this.rotation;
    return [
      r[0]! * right + r[3]! * up + r[6]! * toward,
      r[1]! * right + r[4]! * up + r[7]! * toward,
      r[2]! * right + r[5]! * up + r[8]! * toward,
    ];
  }
}
