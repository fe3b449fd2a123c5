import { describe, expect, it } from "vitest";
import type { RgbImage } from "../../base/image/index.ts";
import { renderFace, renderScene, syntheticIdentity } from "../../training/synthetic/index.ts";
import { input, type Value } from "../graph/index.ts";
import { compile } from "../runtime/index.ts";
import { landmarkNetwork } from "./landmark-network.ts";
import { ssdMobilenet } from "./ssd-mobilenet.ts";
import { tinyFaceDetector } from "./tiny-face-detector.ts";
import { loadPretrained } from "./weights-manifest.ts";

/** Runs a network on a square image. */
async function run(build: (pixels: Value) => { [name: string]: Value }, { width: side, data }: RgbImage) {
  const outputs = build(input("pixels", "u8", ["batch", side, side, 3]));
  const { session } = await compile({ name: "network", outputs }, { threads: 1 });
  const results = await session.run({ pixels: { type: "u8", shape: [1, side, side, 3], data } });
  await session.close();
  return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]));
}

/** Numbers at even distances through an output. */
const sample = (data: Float32Array, count: number) =>
  Array.from({ length: count }, (_, i) => data[Math.floor(((i + 0.5) * data.length) / count)]!);

function expectClose(got: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(got.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(tolerance);
}

// Golden numbers: @vladmandic/face-api 1.7.15 on @tensorflow/tfjs 4.22.0 with its WebAssembly backend, the same pixels.
describe("the networks give what face-api gives:", () => {
  it("TinyFaceDetector", async () => {
    const { image } = renderScene({ seed: 1, width: 416, height: 416, faceCount: 2 });
    const weights = await loadPretrained("tiny_face_detector");
    const { y } = await run((pixels) => ({ y: tinyFaceDetector(pixels, weights) }), image);
    const golden = [-14.73408, 0.03296, -0.38222, 0.3119, 0.29026, -10.62524, 0.00022, -0.68138];
    expectClose(sample(y!, 8), golden, 1e-4);
  });

  it("SSD-MobileNet", async () => {
    const { image } = renderScene({ seed: 1, width: 512, height: 512, faceCount: 2 });
    const weights = await loadPretrained("ssd_mobilenetv1");
    const { classes } = await run((pixels) => ssdMobilenet(pixels, weights), image);
    const scores = [3915, 4002, 4008].map((anchor) => 1 / (1 + Math.exp(-classes![3 * anchor + 1]!)));
    expectClose(scores, [0.43196, 0.33862, 0.28225], 2e-5);
  });

  it("the 68-point landmark network", async () => {
    const { image } = renderFace(syntheticIdentity(1, 0), { seed: 1 });
    const weights = await loadPretrained("face_landmark_68");
    const { y } = await run((pixels) => ({ y: landmarkNetwork(pixels, weights) }), image);
    const golden = [0.25508, 0.7642, 0.38027, 0.55388, 0.34784, 0.45873, 0.57759, 0.74559];
    expectClose(sample(y!, 8), golden, 2e-5);
  });
});
