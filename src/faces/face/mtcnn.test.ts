import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ModelError, random } from "../../base/core/index.ts";
import { elementCount, input } from "../../compiler/graph/index.ts";
import { loadWeights, mtcnnShapes, proposalNetwork } from "../../compiler/pretrained/index.ts";
import { compile } from "../../compiler/runtime/index.ts";
import { renderScene } from "../../training/synthetic/index.ts";
import { intersectionArea } from "./boxes.ts";
import { landmarksIn, regressBox } from "./mtcnn.ts";
import { pyramidSizes, squaresOf, TILE_SIDE } from "./mtcnn-proposals.ts";
import { openDetector } from "./open-detector.ts";

const folder = mkdtempSync(join(tmpdir(), "cosface-mtcnn-"));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * The manifest of tensors with seeded random numbers: P-Net's scores are of all sizes, R-Net and O-Net say "face" of
 * most of what they see, and boxes are moved a little.
 */
function writeManifest(name: string, shapes: ReadonlyMap<string, readonly number[]>): string {
  const numbers = random(1);
  const parts = [...shapes].map(([tensor, shape]) => {
    const data = new Float32Array(elementCount(shape));
    if (tensor.endsWith("alpha")) return data.fill(0.25);
    if (tensor.endsWith("fc2_1/bias")) return Float32Array.of(0, 3);
    if (tensor.endsWith("bias")) return data;
    const spread = (/(conv4|fc2)_2/.test(tensor) ? 0.2 : 3) / Math.sqrt(elementCount(shape.slice(0, -1)));
    return data.map(() => numbers.uniform(-spread, spread));
  });
  writeFileSync(join(folder, `${name}-shard1`), Buffer.concat(parts.map(({ buffer }) => Buffer.from(buffer))));
  const weights = [...shapes].map(([name, shape]) => ({ name, shape, dtype: "float32" }));
  const path = join(folder, `${name}-weights_manifest.json`);
  writeFileSync(path, JSON.stringify([{ paths: [`${name}-shard1`], weights }]));
  return path;
}

const { image } = renderScene({ seed: 1, width: 200, height: 150, faceCount: 1 });

describe("pyramidSizes", () => {
  it("reduces by 0.709 until P-Net's 12 pixels do not fit", () => {
    const sizes = pyramidSizes({ width: 100, height: 60 }, 0.5);
    // 30 · 0.709 = 21.27, 15.08, 10.69; 50 · 0.709 = 35.45, 25.13.
    const [first, second, third] = [
      { width: 50, height: 30 },
      { width: 35, height: 21 },
      { width: 25, height: 15 },
    ];
    expect(sizes).toEqual([first, second, third]);
  });

  it("is empty for an image with a shorter side", () => {
    expect(pyramidSizes({ width: 1000, height: 11 }, 1)).toEqual([]);
  });
});

describe("boxes and points", () => {
  it("moves each edge by shares of the box", () => {
    const box = { x: 10, y: 20, width: 8, height: 4 };
    // Edges 10, 20, 18, 24, moved by 1, −1, −2 and 3.
    expect(regressBox(box, [0.125, -0.25, -0.25, 0.75])).toEqual({ x: 11, y: 19, width: 5, height: 8 });
    expect(regressBox(box, [0, 0, 0, 0])).toEqual(box);
  });

  it("reads all x and then all y, as shares of the square", () => {
    const points = Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1, 0.75, 0.5, 0.25, 0);
    const landmarks = landmarksIn({ center: [50, 60], side: 40, axis: [1, 0] }, points);
    const expected = [0, 1, 2, 3, 4].map((i) => [30 + 10 * i, 80 - 10 * i]);
    expect(landmarks).toEqual(expected);
  });
});

describe("MTCNN with random weights", () => {
  let manifest: string;
  beforeAll(() => {
    manifest = writeManifest("random", mtcnnShapes);
  });

  it("proposes the same in tiles as in one piece", async () => {
    const weights = await loadWeights(manifest);
    const open = async (height: number | string, width: number | string, batch: number | string) => {
      const outputs = proposalNetwork(input("pixels", "u8", [batch, height, width, 3]), weights);
      return (await compile({ name: "pnet", outputs }, { threads: 1 })).session;
    };
    const [tiles, whole] = [await open(TILE_SIDE, TILE_SIDE, "batch"), await open(image.height, image.width, 1)];
    const found = await squaresOf(tiles, image);
    const pixels = { type: "u8", shape: [1, image.height, image.width, 3], data: image.data } as const;
    const { scores } = await whole.run({ pixels });
    const [, rows, columns] = scores!.shape as [number, number, number, number];
    expect([rows, columns]).toEqual([(150 - 12) / 2 + 1, (200 - 12) / 2 + 1]);
    const expected = [...(scores!.data as Float32Array).entries()].filter(([, score]) => score >= 0.6);
    expect(expected.length).toBeGreaterThan(10);
    expect(expected.length).toBeLessThan(rows * columns);
    const byPlace = new Map(found.map(({ box: { x, y }, score }) => [(y / 2) * columns + x / 2, score]));
    expect(byPlace.size).toBe(found.length);
    expect([...byPlace.keys()].sort((a, b) => a - b)).toEqual(expected.map(([i]) => i));
    for (const [i, score] of expected) expect(byPlace.get(i)).toBeCloseTo(score, 5);
    await tiles.close();
    await whole.close();
  });

  it("gives whole faces, best first, each with a part in the image, and the same again", async () => {
    const detector = await openDetector(manifest, { threads: 1, minimumScore: 0.3, smallestFace: 40 });
    expect(detector.name).toBe(`MTCNN (${manifest})`);
    expect(detector.license).toBe("unknown");
    const faces = await detector.detect(image);
    expect(faces.length).toBeGreaterThan(1);
    const scores = faces.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.3);
    const whole = { x: -0.5, y: -0.5, width: image.width, height: image.height };
    for (const { box, landmarks } of faces) {
      expect(intersectionArea(box, whole)).toBeGreaterThan(0);
      expect(landmarks.flat().every(Number.isFinite)).toBe(true);
      expect(landmarks.length).toBe(5);
    }
    expect(await detector.detect(image)).toEqual(faces);
    expect(await detector.detect({ width: 1, height: 1, data: new Uint8Array(3) })).toEqual([]);
    await detector.close();
  });
});

describe("openDetector refuses", () => {
  const text = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  it.each([
    ["a manifest that is not there", () => join(folder, "none.json"), /weights '.*none.json': ENOENT/],
    ["a manifest without its shard", () => text("alone.json", '[{"paths":["no-shard"],"weights":[]}]'), /ENOENT/],
    ["text", () => text("text.json", "weights"), /got a file that is not JSON, expected a manifest/],
    ["other JSON", () => text("other.json", '{"a":1}'), /got a manifest in another layout, expected a list/],
    ["a group without tensors", () => text("group.json", '[{"paths":[]}]'), /manifest in another layout/],
    [
      "a tensor without a shape",
      () => text("shape.json", '[{"paths":[],"weights":[{"name":"a"}]}]'),
      /manifest in another layout/,
    ],
    ["another network", () => writeManifest("another", new Map([["w", [2]]])), /have no tensor 'pnet\/conv1\/weights'/],
    [
      "a layer of another size",
      () => writeManifest("resized", new Map([...mtcnnShapes, ["rnet/fc1/bias", [64]]])),
      /got 'rnet\/fc1\/bias' of shape \[64\], expected \[128\]/,
    ],
  ])("%s", async (_, path, message) => {
    const source = path();
    await expect(openDetector(source)).rejects.toThrow(ModelError);
    await expect(openDetector(source)).rejects.toThrow(message);
  });
});
