import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { cropImage, type Landmarks, landmarkTemplate, type RgbImage } from "../../base/image/index.ts";
import { renderFace, syntheticIdentity } from "../../training/synthetic/index.ts";
import { areLandmarksMirrored, checkFaces, skinWarmth } from "./check-faces.ts";
import type { FaceDetector } from "./detection.ts";

const target = { width: 112, height: 112, template: landmarkTemplate(112, 112) };
const faces = [0, 1, 2, 3, 4].map((i) => renderFace(syntheticIdentity(5, i), { seed: i, difficulty: 0.2 }));
const crops = faces.map(({ image }) => image);

/** Knows where the landmarks of the images are. */
function knowing(landmarksOf: (image: RgbImage) => Landmarks): FaceDetector {
  const box = { x: 0, y: 0, width: 112, height: 112 };
  return {
    name: "knowing",
    license: "none",
    detect: async (image) => [{ box, score: 1, landmarks: landmarksOf(image) }],
    close: async () => {},
  };
}
const detector = knowing((image) => faces[crops.indexOf(image)]!.landmarks);

/** Red and blue exchanged. */
function swapped({ width, height, data }: RgbImage): RgbImage {
  return { width, height, data: data.map((_, i) => data[i + [2, 0, -2][i % 3]!]!) };
}

/** As an image's mirror image with its landmarks left as they were named. */
function mirrored(points: Landmarks): Landmarks {
  return points.map(([x, y]) => [111 - x, y]) as unknown as Landmarks;
}

const kinds = async (options: Partial<Parameters<typeof checkFaces>[0]>) => {
  const landmarks = faces.map((face) => face.landmarks);
  const warnings = await checkFaces({ crops, target, landmarks, detector, ...options });
  return warnings.map(({ kind }) => kind);
};

describe("checkFaces", () => {
  it("has nothing to say of aligned faces", async () => {
    expect(await kinds({})).toEqual([]);
  });

  it("finds red and blue exchanged", async () => {
    const wrong = crops.map(swapped);
    const known = knowing((image) => faces[wrong.indexOf(image)]!.landmarks);
    expect(await kinds({ crops: wrong, detector: known })).toEqual(["colors"]);
  });

  it("does not call gray images blue", async () => {
    const gray = crops.map((crop): RgbImage => ({ ...crop, data: crop.data.map((_, i) => crop.data[i - (i % 3)]!) }));
    const known = knowing((image) => faces[gray.indexOf(image)]!.landmarks);
    expect(skinWarmth(gray[0]!, target)).toBe(0);
    expect(await kinds({ crops: gray, detector: known })).toEqual([]);
  });

  it("finds mirrored landmarks, though only one face has them", async () => {
    const [first, ...rest] = faces.map((face) => face.landmarks);
    expect(await kinds({ landmarks: [mirrored(first!), ...rest] })).toEqual(["mirrored-landmarks"]);
  });

  it("finds crops that are not aligned, and crops without a face", async () => {
    const loose = crops.map((crop) => cropImage(crop, 15, -10, 112, 112));
    const known = knowing((image) => {
      const { landmarks } = faces[loose.indexOf(image)]!;
      return landmarks.map(([x, y]) => [x - 15, y + 10]) as unknown as Landmarks;
    });
    expect(await kinds({ crops: loose, detector: known })).toEqual(["unaligned"]);
    expect(await kinds({ detector: { ...detector, detect: async () => [] } })).toEqual(["unaligned"]);
  });

  it("asks for five crops", async () => {
    await expect(kinds({ crops: crops.slice(1) })).rejects.toThrow(OptionError);
  });
});

describe("areLandmarksMirrored", () => {
  it("holds however the face is rotated in the image", () => {
    for (const degrees of [0, 45, 90, 135, 180, 270]) {
      const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      const turned = target.template.map(([x, y]) => [c * x - s * y, s * x + c * y]) as unknown as Landmarks;
      expect(areLandmarksMirrored(turned)).toBe(false);
      expect(areLandmarksMirrored(mirrored(turned))).toBe(true);
    }
  });
});
