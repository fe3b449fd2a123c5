import type { Landmarks } from "../../base/image/index.ts";
import { applySimilarity, type Point, type Similarity } from "../../base/image/index.ts";
import { clamp } from "./arithmetic.ts";
import { Camera, type HeadPoint } from "./camera.ts";
import type { FaceConditions } from "./conditions.ts";
import { Ears } from "./ears.ts";
import type { Ellipsoid } from "./ellipsoid.ts";
import { Eyes } from "./eyes.ts";
import { Hair } from "./hair.ts";
import { Head } from "./head.ts";
import type { Identity } from "./identity.ts";
import { Lighting } from "./lighting.ts";
import { Mouth } from "./mouth.ts";
import { newPaint, type Paint, Spot } from "./paint.ts";
import { Hit, Ray } from "./ray.ts";
import { Skin } from "./skin.ts";
import { Body, type Canvas } from "./surroundings.ts";
import { ClothMask, Glasses, Obstacle } from "./wearables.ts";

/**
 * One person under one set of conditions, ready to be drawn. Every pixel sends a ray into the coordinates of the head;
 * where it meets the surface, the features are painted by their position on the face, so they move with the head when
 * it rotates. Layers from back to front: hair behind the head, body, far ear, head, near ear, hair, glasses, obstacles.
 */
export class Portrait {
  readonly #camera: Camera;
  readonly #head: Head;
  readonly #skin: Skin;
  readonly #eyes: Eyes;
  readonly #mouth: Mouth;
  readonly #hair: Hair;
  readonly #ears: Ears;
  readonly #body: Body;
  readonly #lighting: Lighting;
  readonly #glasses: Glasses | undefined;
  readonly #mask: ClothMask | undefined;
  readonly #obstacle: Obstacle | undefined;
  readonly #ray = new Ray();
  readonly #skinHit = new Hit();
  readonly #hairHit: Hit;
  readonly #spot = new Spot();
  readonly #pixel = newPaint();
  readonly #paint = newPaint();
  readonly #landmarks: Landmarks;

  constructor(identity: Identity, { pose, light, expression, styling }: FaceConditions) {
    this.#camera = new Camera(pose);
    this.#head = new Head(identity, expression);
    this.#skin = new Skin(identity, expression, styling, this.#head.measures);
    this.#eyes = new Eyes(identity, expression);
    this.#mouth = new Mouth(identity, expression, this.#head.measures);
    this.#hair = new Hair(identity, styling);
    this.#ears = new Ears(identity, this.#skin.tone, this.#camera);
    this.#body = new Body(identity, styling, this.#skin.tone);
    this.#lighting = new Lighting(light, this.#camera);
    const wearsGlasses = styling.glasses < identity.glassesHabit * identity.glassesHabit * 0.9;
    if (wearsGlasses || styling.occlusion === "sunglasses") this.#glasses = new Glasses(identity, styling, this.#head);
    if (styling.occlusion === "mask") this.#mask = new ClothMask(identity, styling);
    if (styling.occlusion === "object") this.#obstacle = new Obstacle(styling);
    this.#hairHit = new Hit(this.#hair.growX, this.#hair.growY);
    [this.#ray.originX, this.#ray.originY, this.#ray.originZ] = this.#camera.eye;
    this.#landmarks = this.#projectLandmarks(identity);
  }

  /** The five landmarks on the image plane, cm. */
  get landmarks(): Landmarks {
    return this.#landmarks;
  }

  /** Extreme points of the face on the image plane, from forehead to chin and from cheek to cheek, cm. */
  get outline(): readonly Point[] {
    const head = this.#head;
    const { chin } = head.measures;
    const sides = [-1, 1].flatMap((side): HeadPoint[] => [
      [side * 6.9, 4, 2],
      [side * 6.9, -1.5, 2],
      [side * 5.5, -7.5, 2],
      head.front(side * 4, 4),
      head.front(side * 4, -1.5),
      head.front(side * 2, chin + 2),
    ]);
    const middle: HeadPoint[] = [head.front(0, 6.5), [0, chin, 5]];
    return [...middle, ...sides].map((point) => this.#camera.project(point)).concat(this.#landmarks);
  }

  /**
   * Draws the person over a canvas.
   * @param placement from the image plane (cm, y down) to pixels.
   */
  draw(canvas: Canvas, placement: Similarity): void {
    const { width, height, data } = canvas;
    const { a, b, shiftX, shiftY } = placement;
    const square = a * a + b * b;
    this.#ray.footprint = 1 / Math.sqrt(square);
    const area = visibleArea(placement, width, height);
    const pixel = this.#pixel;
    for (let row = area.top; row < area.bottom; row++) {
      for (let column = area.left; column < area.right; column++) {
        const dx = column - shiftX;
        const dy = row - shiftY;
        const at = 3 * (row * width + column);
        pixel[0] = data[at]!;
        pixel[1] = data[at + 1]!;
        pixel[2] = data[at + 2]!;
        this.#drawPixel((a * dx + b * dy) / square, (a * dy - b * dx) / square);
        data[at] = pixel[0];
        data[at + 1] = pixel[1];
        data[at + 2] = pixel[2];
      }
    }
  }

  #drawPixel(planeX: number, planeY: number): void {
    const ray = this.#ray;
    const pixel = this.#pixel;
    if (planeX * planeX + planeY * planeY > HEAD_REACH) {
      this.#body.draw(planeX, planeY, ray.footprint, pixel);
      this.#obstacle?.draw(planeX, planeY, ray.footprint, pixel);
      return;
    }
    this.#aim(planeX, planeY);
    const hair = this.#hair;
    const skin = this.#skinHit;
    this.#head.intersect(ray, skin);
    if (skin.seen < 1) {
      // Pixels that the head covers completely need no background.
      if (hair.back !== undefined) this.#drawBackHair(hair.back);
      this.#body.draw(planeX, planeY, ray.footprint, pixel);
    }
    const ear = hair.coversEars ? undefined : this.#ears.near(planeX, planeY);
    ear?.intersect(ray);
    const isEarBehind = ear !== undefined && skin.seen > 0 && ear.t > skin.t;
    if (ear !== undefined && isEarBehind) this.#drawEar(ear);
    const inHair = skin.seen > 0 ? this.#drawSkin() : 0;
    if (ear !== undefined && !isEarBehind) this.#drawEar(ear);
    if (inHair > -hair.reach) this.#drawHair();
    this.#glasses?.draw(ray, skin.seen > 0 ? skin.t : Number.POSITIVE_INFINITY, pixel);
    this.#obstacle?.draw(planeX, planeY, ray.footprint, pixel);
  }

  #aim(planeX: number, planeY: number): void {
    const { distance, rotation: r } = this.#camera;
    const u = planeX / distance;
    const v = -planeY / distance;
    const ray = this.#ray;
    ray.x = r[0] * u + r[3] * v - r[6];
    ray.y = r[1] * u + r[4] * v - r[7];
    ray.z = r[2] * u + r[5] * v - r[8];
  }

  /** Draws the skin of the head. @returns the distance of the point inside the border of the hair, cm. */
  #drawSkin(): number {
    const hit = this.#skinHit;
    const ray = this.#ray;
    const paint = this.#paint;
    const spot = this.#spot;
    this.#head.addRelief(ray, hit);
    const facing = -(hit.normalX * ray.x + hit.normalY * ray.y + hit.normalZ * ray.z);
    spot.x = hit.x;
    spot.y = hit.y;
    spot.z = hit.z;
    spot.edge = ray.footprint / clamp(facing, 0.4, 1);
    this.#skin.paint(spot, paint);
    if (hit.z > 0) {
      this.#mouth.paint(spot, paint);
      this.#eyes.paint(spot, paint);
      this.#mask?.paint(spot, paint);
    }
    const inHair = this.#hair.inside(hit);
    const shadow = 1 - this.#hair.shadow(inHair);
    paint[0] *= shadow;
    paint[1] *= shadow;
    paint[2] *= shadow;
    this.#lighting.shade(paint, hit, 0.07);
    blend(this.#pixel, paint, hit.seen);
    return inHair;
  }

  #drawHair(): void {
    const hair = this.#hair;
    const hit = this.#hairHit;
    this.#head.intersect(this.#ray, hit);
    if (hit.seen === 0) return;
    const ray = this.#ray;
    const onSkin = this.#skinHit.seen;
    const facing = -(hit.normalX * ray.x + hit.normalY * ray.y + hit.normalZ * ray.z);
    let share = onSkin > 0 ? onSkin * hair.covered(hit, ray.footprint / clamp(facing, 0.1, 1)) : 0;
    if (onSkin < 1) {
      // Beyond the border of the skin the ray passes through hair from the side, if hair grows where the ray is
      // deepest.
      const root = this.#spot;
      const deeper = hit.deepest - hit.t;
      root.x = hit.x + deeper * ray.x * hit.shrinkX;
      root.y = hit.y + deeper * ray.y * hit.shrinkY;
      root.z = hit.z + deeper * ray.z * hit.shrinkX;
      share += (1 - onSkin) * hair.covered(root, ray.footprint);
    }
    const covered = hit.seen * share;
    if (covered === 0) return;
    hair.paint(hit.x, hit.y, hit.z, this.#paint);
    this.#lighting.shade(this.#paint, hit, hair.gloss);
    blend(this.#pixel, this.#paint, covered);
  }

  #drawBackHair(back: Ellipsoid): void {
    back.intersect(this.#ray);
    if (back.seen === 0) return;
    const paint = this.#paint;
    this.#hair.paint(back.u * 8, back.v * 12, back.w * 6, paint);
    this.#lighting.shade(paint, back, this.#hair.gloss);
    paint[0] *= BEHIND;
    paint[1] *= BEHIND;
    paint[2] *= BEHIND;
    blend(this.#pixel, paint, back.seen);
  }

  #drawEar(ear: Ellipsoid): void {
    if (ear.seen === 0) return;
    this.#ears.paint(ear, this.#paint);
    this.#lighting.shade(this.#paint, ear, 0.04);
    blend(this.#pixel, this.#paint, ear.seen);
  }

  #projectLandmarks({ eyeSpacing, noseLength }: Identity): Landmarks {
    const { mouthWidth, mouthCornerY } = this.#head.measures;
    const at = (x: number, y: number): Point => this.#camera.project(this.#head.front(x, y));
    return [
      at(-eyeSpacing, 0),
      at(eyeSpacing, 0),
      at(0, -noseLength),
      at(-mouthWidth, mouthCornerY),
      at(mouthWidth, mouthCornerY),
    ];
  }
}

/** The landmarks of a portrait in pixels. */
export function placeLandmarks(landmarks: Landmarks, placement: Similarity): Landmarks {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks;
  const place = (point: Point): Point => applySimilarity(placement, point);
  return [place(leftEye), place(rightEye), place(nose), place(leftMouth), place(rightMouth)];
}

function blend(pixel: Paint, paint: Paint, amount: number): void {
  pixel[0] += (paint[0] - pixel[0]) * amount;
  pixel[1] += (paint[1] - pixel[1]) * amount;
  pixel[2] += (paint[2] - pixel[2]) * amount;
}

/** Light on the hair behind the head, relative to that on the hair in front. */
const BEHIND = 0.7;

/** Squared distance on the image plane beyond which no part of a head is visible, cm². */
const HEAD_REACH = 18 * 18;

/** Head, hair and shoulders lie within this box of the image plane, cm; bodies extend below every image. */
const REACH = { left: -26, right: 26, top: -20, bottom: 400 };

function visibleArea(
  placement: Similarity,
  width: number,
  height: number,
): { left: number; right: number; top: number; bottom: number } {
  const corners = [REACH.left, REACH.right].flatMap((x) =>
    [REACH.top, REACH.bottom].map((y) => applySimilarity(placement, [x, y])),
  );
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return {
    left: clamp(Math.floor(Math.min(...xs)), 0, width),
    right: clamp(Math.ceil(Math.max(...xs)) + 1, 0, width),
    top: clamp(Math.floor(Math.min(...ys)), 0, height),
    bottom: clamp(Math.ceil(Math.max(...ys)) + 1, 0, height),
  };
}
