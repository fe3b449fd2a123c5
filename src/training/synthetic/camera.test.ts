import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Point } from "../../base/image/index.ts";
import { Camera } from "./camera.ts";

const FRONTAL = { yaw: 0, pitch: 0, roll: 0, distance: 75 };

describe("Camera", () => {
  it("keeps a centimeter a centimeter in the plane of the pivot, and enlarges what is nearer", () => {
    const camera = new Camera(FRONTAL);
    const [x, y] = camera.project([3, 1.5, 0]);
    expect([x, y]).toEqual([3, -4]);
    // 15 cm nearer of 75: 75 / 60.
    expect(camera.project([3, 1.5, 15])[0]).toBeCloseTo(3.75, 12);
  });

  it("turns the face to the right, up and clockwise for positive angles", () => {
    const nose = (pose: Partial<typeof FRONTAL>): Point => new Camera({ ...FRONTAL, ...pose }).project([0, -2.5, 10]);
    expect(nose({ yaw: 20 })[0]).toBeGreaterThan(1);
    expect(nose({ pitch: 20 })[1]).toBeLessThan(-1);
    expect(new Camera({ ...FRONTAL, roll: 20 }).project([0, 8, 0])[0]).toBeGreaterThan(1);
  });

  it("sees every point of the head along the ray of its projection", () => {
    const angle = fc.double({ min: -60, max: 60, noNaN: true });
    const length = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(angle, angle, angle, length, length, length, (yaw, pitch, roll, x, y, z) => {
        const camera = new Camera({ yaw, pitch, roll, distance: 60 });
        const [u, v] = camera.project([x, y, z]);
        const direction = camera.toHead(u / 60, -v / 60, -1);
        const toPoint = [x, y, z].map((value, i) => value - camera.eye[i]!);
        const t =
          toPoint.reduce((sum, value, i) => sum + value * direction[i]!, 0) / direction.reduce((s, d) => s + d * d, 0);
        for (const [i, value] of toPoint.entries()) expect(t * direction[i]!).toBeCloseTo(value, 8);
      }),
    );
  });
});
