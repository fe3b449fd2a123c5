import { describe, expect, it } from "vitest";
import type { Landmarks } from "../../base/image/index.ts";
import { type RgbImage, resizeImage } from "../../base/image/index.ts";
import { type RenderFaceOptions, renderFace, syntheticIdentity } from "../../training/synthetic/index.ts";
import { headPose } from "./head-pose.ts";
import { type FaceQuality, faceQuality, type QualityCode, qualityRejections } from "./quality.ts";

type Pose = { readonly yaw: number; readonly pitch: number; readonly roll: number };

function render(person: number, pose: Partial<Pose> = {}, options: RenderFaceOptions = {}) {
  const settings = { difficulty: 0, width: 160, height: 160, ...options };
  return renderFace(syntheticIdentity(1, person), { ...settings, pose });
}

/** The quality of a rendered face, and the codes of what is wrong with it. */
async function judge(image: RgbImage, landmarks: Landmarks, score = 0.9) {
  const box = { x: 0, y: 0, width: image.width, height: image.height };
  const quality = await faceQuality(image, { box, landmarks, score });
  return { quality, codes: qualityRejections(quality).map(({ code }) => code) };
}

function mapPixels(image: RgbImage, rule: (value: number) => number): RgbImage {
  return { ...image, data: image.data.map((value) => Math.min(255, Math.max(0, rule(value)))) };
}

async function blur(image: RgbImage, factor: number): Promise<RgbImage> {
  const small = await resizeImage(image, Math.round(image.width / factor), Math.round(image.height / factor));
  return resizeImage(small, image.width, image.height);
}

describe("headPose", () => {
  it.each([
    [-40, 0, 0],
    [-20, 0, 0],
    [0, 0, 0],
    [25, 0, 0],
    [45, 0, 0],
    [0, -25, 0],
    [0, 20, 0],
    [0, 0, 30],
    [20, 10, -15],
  ])("finds the rotation of a rendered head: yaw %i°, pitch %i°, roll %i°", (yaw, pitch, roll) => {
    const errors = [0, 1, 2, 3, 4, 5].map((person) => {
      const found = headPose(render(person, { yaw, pitch, roll }).landmarks);
      return { yaw: found.yaw - yaw, pitch: found.pitch - pitch };
    });
    for (const { yaw, pitch } of errors) {
      expect(Math.abs(yaw)).toBeLessThan(9);
      expect(Math.abs(pitch)).toBeLessThan(11);
    }
  });

  it("takes roll from the eyes, and nothing else from a turn of the image", () => {
    const landmarks = render(3, { yaw: 15, pitch: 5 }).landmarks;
    const straight = headPose(landmarks);
    const [c, s] = [Math.cos(0.5), Math.sin(0.5)];
    const turned = landmarks.map(([x, y]) => [
      2 * (c * x - s * y) + 7,
      2 * (s * x + c * y) - 3,
    ]) as unknown as Landmarks;
    const found = headPose(turned);
    expect(found.yaw).toBeCloseTo(straight.yaw, 8);
    expect(found.pitch).toBeCloseTo(straight.pitch, 8);
    expect(found.roll).toBeCloseTo(straight.roll + (0.5 * 180) / Math.PI, 8);
  });

  it("changes the sign of yaw and roll in a mirror", () => {
    const landmarks = render(2, { yaw: 20, pitch: -8, roll: 6 }).landmarks;
    const [a, b, nose, c, d] = landmarks.map(([x, y]) => [-x, y] as const) as unknown as Landmarks;
    const [found, mirrored] = [headPose(landmarks), headPose([b, a, nose, d, c])];
    expect(mirrored.yaw).toBeCloseTo(-found.yaw, 8);
    expect(mirrored.pitch).toBeCloseTo(found.pitch, 8);
    expect(mirrored.roll).toBeCloseTo(-found.roll, 8);
  });
});

describe("faceQuality", () => {
  it("has nothing against a face that is straight, lit and sharp", async () => {
    for (const person of [0, 1, 2]) {
      const { image, landmarks } = render(person);
      const { codes, quality } = await judge(image, landmarks);
      expect(codes).toEqual([]);
      expect(quality.eyeDistance).toBeCloseTo(
        Math.hypot(landmarks[1][0] - landmarks[0][0], landmarks[1][1] - landmarks[0][1]),
      );
    }
  });

  const { image, landmarks } = render(0);
  const grown = landmarks.map(([x, y]) => [x / 5, y / 5]) as unknown as Landmarks;
  const spoiled: readonly (readonly [QualityCode, () => Promise<RgbImage> | RgbImage, Landmarks, number])[] = [
    ["uncertain-face", () => image, landmarks, 0.3],
    ["too-small", () => resizeImage(image, 32, 32), grown, 0.9],
    ["blurred", () => blur(image, 10), landmarks, 0.9],
    ["too-dark", () => mapPixels(image, (value) => 0.2 * value), landmarks, 0.9],
    ["too-bright", () => mapPixels(image, (value) => 200 + 0.25 * value), landmarks, 0.9],
    ["low-contrast", () => mapPixels(image, (value) => 120 + 0.1 * value), landmarks, 0.9],
  ];
  it.each(spoiled)("says %s of an image that was spoiled so", async (code, spoil, points, score) => {
    const { codes } = await judge(await spoil(), points, score);
    expect(codes).toContain(code);
  });

  it.each([
    ["turned-aside", { yaw: 60 }],
    ["turned-aside", { yaw: -60 }],
    ["turned-up-or-down", { pitch: -45 }],
  ] as const)("says %s of a head that is", async (code, pose) => {
    const { image, landmarks } = render(1, pose);
    expect((await judge(image, landmarks)).codes).toContain(code);
  });

  it("falls with blur, and does not with darkness", async () => {
    const sharp = (await judge(image, landmarks)).quality.sharpness;
    const values = await Promise.all(
      [2, 4, 8].map(async (factor) => (await judge(await blur(image, factor), landmarks)).quality.sharpness),
    );
    expect([sharp, ...values]).toEqual([sharp, ...values].toSorted((a, b) => b - a));
    const dark = (
      await judge(
        mapPixels(image, (value) => 0.5 * value),
        landmarks,
      )
    ).quality;
    expect(Math.abs(dark.sharpness / sharp - 1)).toBeLessThan(0.1);
    expect(dark.brightness).toBeLessThan(0.55 * (await judge(image, landmarks)).quality.brightness);
  });

  it("measures nothing of a flat image", async () => {
    const flat = { width: 160, height: 160, data: new Uint8Array(3 * 160 * 160).fill(100) };
    const { quality } = await judge(flat, landmarks);
    expect(quality).toMatchObject({ sharpness: 0, contrast: 0 });
    expect(quality.brightness).toBeCloseTo(100, 3);
  });
});

describe("qualityRejections", () => {
  const good: FaceQuality = {
    yaw: 0,
    pitch: 0,
    roll: 0,
    eyeDistance: 50,
    score: 1,
    sharpness: 0.1,
    brightness: 120,
    contrast: 40,
  };

  it("names the measure, its limit and a remedy, and takes other limits", () => {
    expect(qualityRejections(good)).toEqual([]);
    expect(qualityRejections({ ...good, eyeDistance: 12.4 })).toEqual([
      {
        code: "too-small",
        message: "The face is too small (12 pixels between the eyes, at least 20 are needed): go nearer.",
        value: 12.4,
        limit: 20,
      },
    ]);
    expect(qualityRejections({ ...good, eyeDistance: 12.4 }, { minimumEyeDistance: 10 })).toEqual([]);
    expect(qualityRejections({ ...good, yaw: -50 })[0]).toMatchObject({
      code: "turned-aside",
      message: expect.stringContaining("left"),
    });
    expect(qualityRejections({ ...good, roll: 60, score: 0.1 }).map(({ code }) => code)).toEqual([
      "uncertain-face",
      "tilted",
    ]);
  });

  it("rejects a measure that is not a number", () => {
    expect(qualityRejections({ ...good, yaw: Number.NaN }).map(({ code }) => code)).toEqual(["turned-aside"]);
  });
});
