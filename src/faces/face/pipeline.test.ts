import { describe, expect, it } from "vitest";
import { ImageError, ModelError } from "../../base/core/index.ts";
import type { RgbImage } from "../../base/image/index.ts";
import { landmarkTemplate } from "../../base/image/index.ts";
import { renderScene } from "../../training/synthetic/index.ts";
import type { Embedder } from "../embedder/index.ts";
import type { DetectedFace, FaceDetector } from "./detection.ts";
import { findFace } from "./find-face.ts";
import { type EmbeddedFace, facePipeline, type PhotographFaces } from "./pipeline.ts";

/** A detector that knows where the faces of each image are. */
function knowing(faces: ReadonlyMap<RgbImage, readonly DetectedFace[]>): FaceDetector {
  return {
    name: "knowing",
    license: "none",
    detect: async (image) => faces.get(image) ?? [],
    close: async () => {},
  };
}

/** An embedder that gives the level at three places of the crop, and remembers how many crops came together. */
function threePixels(runs: number[]): Embedder {
  return {
    id: "0",
    source: "three pixels",
    license: "none",
    contract: {
      inputSize: [112, 112],
      embeddingSize: 3,
      channels: "rgb",
      mean: 0,
      std: 1,
      template: "arcface",
      flip: "none",
    },
    embed: async (images) => {
      runs.push(images.length);
      const data = images.flatMap(({ data }) => [data[3 * (40 * 112 + 56)]!, data[3 * (72 * 112 + 56)]!, 1]);
      return { count: images.length, size: 3, data: Float32Array.from(data) };
    },
    close: async () => {},
  };
}

const scenes = [3, 4, 5].map((seed) => renderScene({ seed, faceCount: 2, width: 200, height: 120 }));
const known = new Map(
  scenes.map(({ image, faces }) => [
    image,
    faces.map(({ box, landmarks }, i): DetectedFace => ({ box, landmarks, score: 0.9 - i / 10 })),
  ]),
);

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

const embeddingsOf = (faces: readonly EmbeddedFace[]) => faces.map(({ embedding }) => [...embedding]);
const facesOf = (result: PhotographFaces<unknown>) => (result.error === undefined ? result.faces : []);

describe("a face pipeline", () => {
  it("says that it is closed", async () => {
    const faces = facePipeline(knowing(known), threePixels([]));
    const { image } = scenes[0]!;
    await faces.close();
    const closed = "faces: they were closed before this call: open them again";
    await expect(faces.embed(image)).rejects.toThrow(closed);
    await expect(faces.embedFaces(image, [])).rejects.toThrow(closed);
    await expect(findFace(faces, image)).rejects.toThrow(closed);
    await expect(collect(faces.stream([image], async (item) => item))).rejects.toThrow(closed);
    await expect(faces.embed(image)).rejects.toThrow(ModelError);
  });

  it("gives each face its crop and a unit embedding with the norm it had", async () => {
    const faces = await facePipeline(knowing(known), threePixels([])).embed(scenes[0]!.image);
    expect(faces).toHaveLength(2);
    for (const { crop, embedding, embeddingNorm } of faces) {
      expect([crop.width, crop.height]).toEqual([112, 112]);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      expect(embedding[0]! * embeddingNorm).toBeCloseTo(crop.data[3 * (40 * 112 + 56)]!, 3);
    }
  });

  it("embeds the faces of several images in one run, and gives each image its own", async () => {
    const runs: number[] = [];
    const pipeline = facePipeline(knowing(known), threePixels(runs));
    const alone = [];
    for (const { image } of scenes) alone.push(embeddingsOf(await pipeline.embed(image)));
    runs.length = 0;
    const streamed = await collect(pipeline.stream([0, 1, 2], async (i) => scenes[i]!.image));
    expect(runs).toEqual([6]);
    expect(streamed.map(({ item }) => item)).toEqual([0, 1, 2]);
    expect(streamed.map((result) => embeddingsOf(facesOf(result)))).toEqual(alone);
    expect(streamed[0]).toMatchObject({ width: 200, height: 120, detectedCount: 2 });
  });

  it("goes on after an image that cannot be decoded, and after one without a face", async () => {
    const pipeline = facePipeline(knowing(known), threePixels([]));
    const results = await collect(
      pipeline.stream(["good", "broken", "empty", "good"], async (kind) => {
        if (kind === "broken") throw new ImageError("image: got no bytes");
        return kind === "good" ? scenes[0]!.image : { width: 1, height: 1, data: new Uint8Array(3) };
      }),
    );
    expect(results.map((result) => facesOf(result).length)).toEqual([2, 0, 0, 2]);
    expect(results[1]!.error).toBeInstanceOf(ImageError);
    expect(results[2]!.error).toBeUndefined();
  });

  it("throws what is not the image's fault", async () => {
    const pipeline = facePipeline(knowing(known), threePixels([]));
    const read = async () => {
      throw new TypeError("a fault in the program");
    };
    await expect(collect(pipeline.stream([1], read))).rejects.toThrow(TypeError);
  });

  it("embeds the faces that are chosen, and counts all", async () => {
    const pipeline = facePipeline(knowing(known), threePixels([]));
    const [result] = await collect(
      pipeline.stream([0], async (i) => scenes[i]!.image, { choose: (faces) => faces.slice(1) }),
    );
    expect(facesOf(result!).map(({ score }) => score)).toEqual([0.8]);
    expect(result).toMatchObject({ detectedCount: 2 });
  });

  it("refuses an embedder that faces cannot be aligned for", () => {
    const embedder = threePixels([]);
    const unaligned = { ...embedder, contract: { ...embedder.contract, template: "none" } } as const;
    expect(() => facePipeline(knowing(known), unaligned)).toThrow("template is 'none'");
  });

  it("puts landmarks on the template", async () => {
    const { image } = scenes[0]!;
    const upright: DetectedFace = {
      box: { x: 0, y: 0, width: 112, height: 112 },
      score: 1,
      landmarks: landmarkTemplate(112, 112),
    };
    const [face] = await facePipeline(knowing(new Map([[image, [upright]]])), threePixels([])).embed(image);
    expect(face!.crop.data.subarray(0, 3 * 112)).toEqual(image.data.subarray(0, 3 * 112));
  });
});
