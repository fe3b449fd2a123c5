import { describe, expect, it } from "vitest";
import { ModelError } from "../../base/core/index.ts";
import { elementCount, input, type Value } from "../graph/index.ts";
import { compile } from "../runtime/index.ts";
import { mtcnnShapes, outputNetwork, proposalNetwork, refinementNetwork } from "./mtcnn.ts";
import { PretrainedWeights } from "./weights-manifest.ts";

/** Weights of zeros but for those given: numbers by their index in tensors. */
function weightsWith(given: { readonly [name: string]: readonly (readonly [index: number, value: number])[] }) {
  const tensors = [...mtcnnShapes].map(([name, shape]) => {
    const data = new Float32Array(elementCount(shape));
    for (const [index, value] of given[name] ?? []) data[index] = value;
    return [name, { shape, data }] as const;
  });
  return new PretrainedWeights("test", new Map(tensors));
}

async function run(build: (pixels: Value) => { readonly [name: string]: Value }, shape: number[], data: Uint8Array) {
  const { session } = await compile({ name: "mtcnn", outputs: build(input("pixels", "u8", shape)) }, { threads: 1 });
  const results = await session.run({ pixels: { type: "u8", shape, data } });
  await session.close();
  return results;
}

describe("MTCNN's networks", () => {
  it("give the probabilities of their last biases where all else is 0, for each image", async () => {
    const bias = [[1, Math.log(3)]] as const;
    const edges = [0, 1, 2, 3].map((i) => [i, i / 8] as const);
    const weights = weightsWith({
      "pnet/conv4_1/bias": bias,
      "pnet/conv4_2/bias": edges,
      "rnet/fc2_1/bias": bias,
      "rnet/fc2_2/bias": edges,
      "onet/fc2_1/bias": bias,
      "onet/fc2_2/bias": edges,
      "onet/fc2_3/bias": [[9, 0.5]],
    });
    for (const [build, shape, places] of [
      [proposalNetwork, [2, 16, 14, 3], [3, 2]],
      [refinementNetwork, [2, 24, 24, 3], []],
      [outputNetwork, [2, 48, 48, 3], []],
    ] as const) {
      const pixels = new Uint8Array(elementCount(shape)).fill(200);
      const { scores, regressions, points } = await run((x) => build(x, weights), [...shape], pixels);
      expect(scores!.shape).toEqual([2, ...places, 1]);
      expect(regressions!.shape).toEqual([2, ...places, 4]);
      for (const score of scores!.data as Float32Array) expect(score).toBeCloseTo(0.75, 6);
      expect([...(regressions!.data as Float32Array).subarray(-4)]).toEqual([0, 0.125, 0.25, 0.375]);
      if (build === outputNetwork) {
        expect(points!.shape).toEqual([2, 10]);
        expect((points!.data as Float32Array)[19]).toBe(0.5);
      }
    }
  });

  it("transposes images at the input and results at the output", async () => {
    // The first kernel takes red two pixels on in its own rows, which are the image's columns; then each layer takes
    // the first pixel of the first map, so that position (r, c) is the maximum over (2r, 2c + 2) and its three
    // neighbors.
    const linear = [[0, 1]] as const;
    const weights = weightsWith({
      "pnet/conv1/weights": [[(2 * 3 + 0) * 3 * 10, 1]],
      "pnet/prelu1_alpha": linear,
      "pnet/conv2/weights": linear,
      "pnet/prelu2_alpha": linear,
      "pnet/conv3/weights": linear,
      "pnet/prelu3_alpha": linear,
      "pnet/conv4_2/weights": linear,
    });
    const [height, width] = [16, 20];
    const pixels = new Uint8Array(3 * height * width);
    const [row, column] = [1, 2];
    pixels[3 * (2 * row * width + 2 * column + 2)] = 255;
    const { regressions } = await run((x) => proposalNetwork(x, weights), [1, height, width, 3], pixels);
    expect(regressions!.shape).toEqual([1, 3, 5, 4]);
    const first = (regressions!.data as Float32Array).filter((_, i) => i % 4 === 0);
    const [bright, dark] = [127.5 / 128, -127.5 / 128];
    expect([...first]).toEqual(Array.from({ length: 15 }, (_, i) => (i === 5 * row + column ? bright : dark)));
  });

  it("refuses weights of another shape, and says which", () => {
    const weights = new PretrainedWeights("other", new Map([["a", { shape: [1, 2], data: new Float32Array(2) }]]));
    expect(() => weights.requireShapes(mtcnnShapes)).toThrow(ModelError);
    expect(() => weights.requireShapes(mtcnnShapes)).toThrow("have no tensor 'pnet/conv1/weights'");
    expect(() => weights.requireShapes(new Map([["a", [2, 1]]]))).toThrow("got 'a' of shape [1,2], expected [2,1]");
  });
});
