import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flipImage, padImage } from "../../base/image/index.ts";
import { renderScene, type Scene } from "../../training/synthetic/index.ts";
import { intersectionOverUnion } from "./boxes.ts";
import type { FaceDetector } from "./detection.ts";
import { openDetector } from "./open-detector.ts";

/** Images of one or two drawn people. */
const scenes = [1, 2, 3, 4].map((seed) =>
  renderScene({ seed, width: 320, height: 240, faceCount: 1 + (seed % 2), minimumFaceHeight: 90, difficulty: 0.2 }),
);

/** For each face of a scene, the mean distance of the landmarks found from those drawn, in distances of the eyes. */
async function deviations(detector: FaceDetector, { image, faces }: Scene): Promise<number[]> {
  const found = await detector.detect(image);
  expect(found.length).toBe(faces.length);
  expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
  return faces.map(({ box, landmarks }) => {
    const face = found.find((one) => intersectionOverUnion(one.box, box) > 0.3);
    expect(face).toBeDefined();
    const distances = face!.landmarks.map(([x, y], i) => Math.hypot(x - landmarks[i]![0], y - landmarks[i]![1]));
    const [left, right] = landmarks;
    return (
      distances.reduce((sum, distance) => sum + distance, 0) / 5 / Math.hypot(right[0] - left[0], right[1] - left[1])
    );
  });
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

describe("the default detector", () => {
  let detector: FaceDetector;
  beforeAll(async () => {
    detector = await openDetector("default");
  });
  afterAll(() => detector.close());

  it("finds each drawn face once, and its landmarks where they were drawn", async () => {
    const all: number[] = [];
    for (const scene of scenes) all.push(...(await deviations(detector, scene)));
    expect(all.length).toBe(6);
    expect(median(all)).toBeLessThan(0.06);
    expect(Math.max(...all)).toBeLessThan(0.2);
  });

  it("finds nothing in images without a face, of any shape", async () => {
    for (const [width, height] of [
      [1, 1],
      [3000, 2],
      [200, 200],
    ] as const) {
      const image = { width, height, data: new Uint8Array(3 * width * height).fill(128) };
      expect(await detector.detect(image)).toEqual([]);
    }
  });

  it("finds a face that takes a small part of a large image", async () => {
    const scene = scenes[1]!;
    const image = padImage(scene.image, 1400, 1100);
    const [deviation] = await deviations(detector, { ...scene, image });
    expect(deviation!).toBeLessThan(0.15);
  });

  it("gives the mirrored landmarks for the mirrored image", async () => {
    const scene = scenes[2]!;
    const { width } = scene.image;
    const faces = scene.faces.map(({ box, landmarks: [leftEye, rightEye, nose, leftMouth, rightMouth], identity }) => {
      const flip = ([x, y]: readonly [number, number]) => [width - 1 - x, y] as const;
      const landmarks = [flip(rightEye), flip(leftEye), flip(nose), flip(rightMouth), flip(leftMouth)] as const;
      return { box: { ...box, x: width - 1 - box.x - box.width }, landmarks, identity };
    });
    const all = await deviations(detector, { image: flipImage(scene.image), faces });
    expect(median(all)).toBeLessThan(0.1);
  });

  it("says what it is, and under which licence", () => {
    expect(detector.license).toBe("Apache-2.0");
    expect(detector.name).toMatch(/BlazeFace/);
  });
});

it.each(["ssd-mobilenet", "tiny-face"])("the detector '%s' finds drawn faces and their landmarks", async (name) => {
  const detector = await openDetector(name);
  expect(detector.license).toBe("MIT");
  expect(median(await deviations(detector, scenes[1]!))).toBeLessThan(0.12);
  await detector.close();
});
