import { describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import { Camera } from "./camera.ts";
import { drawConditions } from "./conditions.ts";
import { Head } from "./head.ts";
import { syntheticIdentity } from "./identity.ts";
import { Hit, Ray } from "./ray.ts";

const identity = syntheticIdentity(1, 4);
const { expression } = drawConditions(random(0), 0);
const head = new Head(identity, expression);

function aim(camera: Camera, planeX: number, planeY: number): Ray {
  const ray = new Ray();
  [ray.originX, ray.originY, ray.originZ] = camera.eye;
  [ray.x, ray.y, ray.z] = camera.toHead(planeX / camera.distance, -planeY / camera.distance, -1);
  ray.footprint = 0.18;
  return ray;
}

describe("Head", () => {
  it.each([
    [0, 0],
    [30, 0],
    [-25, 15],
    [0, -20],
  ])("meets rays at yaw %i, pitch %i where the nose's projection says", (yaw, pitch) => {
    const camera = new Camera({ yaw, pitch, roll: 0, distance: 70 });
    for (const [x, y] of [
      [0, -identity.noseLength],
      [0, -1.5],
      [0.4, -2.5],
    ] as const) {
      const point = head.front(x, y);
      const ray = aim(camera, ...camera.project(point));
      const hit = new Hit();
      head.intersect(ray, hit);
      head.addRelief(ray, hit);
      expect(hit.seen).toBe(1);
      // Within a quarter of a pixel of a crop 112 high.
      expect(Math.hypot(hit.x - point[0], hit.y - point[1], hit.z - point[2])).toBeLessThan(0.05);
    }
  });

  it("gives the same hit from the pixel before as from nowhere", () => {
    const camera = new Camera({ yaw: 25, pitch: -10, roll: 5, distance: 60 });
    for (let planeY = -12; planeY <= 14; planeY += 0.5) {
      const walking = new Hit();
      for (let planeX = -12; planeX <= 12; planeX += 0.2) {
        const ray = aim(camera, planeX, planeY);
        const fresh = new Hit();
        head.intersect(ray, walking);
        head.intersect(ray, fresh);
        expect(Math.abs(walking.seen - fresh.seen)).toBeLessThan(0.05);
        if (fresh.seen === 1) expect(Math.abs(walking.t - fresh.t)).toBeLessThan(0.05);
      }
    }
  });

  it("covers half of a pixel on its outline", () => {
    const camera = new Camera({ yaw: 0, pitch: 0, roll: 0, distance: 1e6 });
    const seenAt = (planeX: number): number => {
      const hit = new Hit();
      head.intersect(aim(camera, planeX, -0.5), hit);
      return hit.seen;
    };
    // The outline, by bisection of where the head is still more than half seen.
    let [inside, outside] = [0, 12];
    for (let i = 0; i < 40; i++) {
      const middle = (inside + outside) / 2;
      if (seenAt(middle) > 0.5) inside = middle;
      else outside = middle;
    }
    expect(inside).toBeGreaterThan(6);
    expect(inside).toBeLessThan(8.2);
    // A pixel is 0.18 wide: a quarter of it further in, three quarters are covered.
    expect(seenAt(inside - 0.045)).toBeCloseTo(0.75, 1);
    expect(seenAt(inside + 0.045)).toBeCloseTo(0.25, 1);
    expect([seenAt(inside - 0.2), seenAt(inside + 0.2)]).toEqual([1, 0]);
  });

  it("has outward unit normals that face the camera where it is seen", () => {
    const camera = new Camera({ yaw: -20, pitch: 10, roll: 0, distance: 70 });
    const hit = new Hit();
    for (let planeX = -5; planeX <= 5; planeX++) {
      const ray = aim(camera, planeX, 2);
      head.intersect(ray, hit);
      expect(Math.hypot(hit.normalX, hit.normalY, hit.normalZ)).toBeCloseTo(1, 10);
      expect(hit.normalX * ray.x + hit.normalY * ray.y + hit.normalZ * ray.z).toBeLessThan(0);
    }
  });
});
