import { describe, expect, it } from "vitest";
import { ModelError } from "../../base/core/index.ts";
import { constantData } from "../graph/index.ts";
import { loadPretrained, PretrainedWeights, pretrainedNames, readManifest } from "./weights-manifest.ts";

const quantization = { dtype: "uint8", scale: 0.5, min: -1 };
const quantized = { name: "a", shape: [2, 2], dtype: "float32", quantization };
const plain = { name: "b", shape: [1], dtype: "float32" };
/** Four bytes of `a`, then 1.5 as f32. */
const bytes = Uint8Array.of(0, 1, 2, 255, 0, 0, 0xc0, 0x3f);

const read = (weights: readonly object[], shards: Record<string, Uint8Array> = { "x.bin": bytes }) =>
  readManifest([{ paths: Object.keys(shards), weights }], async (path) => shards[path]!);

describe("readManifest", () => {
  it("turns bytes into min + scale · byte, and reads floats as they are", async () => {
    const tensors = await read([quantized, plain]);
    expect([...tensors.keys()]).toEqual(["a", "b"]);
    expect(tensors.get("a")).toEqual({ shape: [2, 2], data: Float32Array.of(-1, -0.5, 0, 126.5) });
    expect(tensors.get("b")).toEqual({ shape: [1], data: Float32Array.of(1.5) });
  });

  it("reads tensors across the border of two shards", async () => {
    const tensors = await read([quantized, plain], { "1.bin": bytes.subarray(0, 3), "2.bin": bytes.subarray(3) });
    expect(tensors).toEqual(await read([quantized, plain]));
  });

  it.each([
    ["a shard cut off", [quantized, { ...plain, shape: [2] }], "got 8 bytes, which end within 'b'"],
    ["a shard with more", [quantized], "got 8 bytes, expected 4"],
    ["halves", [{ ...quantized, quantization: { dtype: "float16" } }], "'a' is float16, expected float32"],
    ["strings", [{ ...plain, dtype: "string" }], "'b' is string"],
  ])("refuses %s", async (_, weights, message) => {
    await expect(read(weights)).rejects.toThrow(ModelError);
    await expect(read(weights)).rejects.toThrow(message);
  });
});

describe("PretrainedWeights", () => {
  const data = Float32Array.from({ length: 24 }, (_, i) => i);
  const weights = new PretrainedWeights("test", new Map([["w", { shape: [2, 2, 3, 2], data }]]));

  it("moves a convolution's outputs and inputs to the front", () => {
    const value = weights.convolution("w");
    expect(value.shape).toEqual([2, 3, 2, 2]);
    // Output 1, input 2, row 1, column 0 was stored at ((1 · 2 + 0) · 3 + 2) · 2 + 1.
    expect(constantData(value)![(1 * 3 + 2) * 4 + 2]).toBe(17);
  });

  it("moves a depthwise convolution's channels to the front", () => {
    const depthwise = new PretrainedWeights("test", new Map([["w", { shape: [2, 2, 3, 1], data: data.subarray(12) }]]));
    const value = depthwise.depthwise("w");
    expect(value.shape).toEqual([3, 1, 2, 2]);
    expect([...(constantData(value) as Float32Array)]).toEqual([12, 15, 18, 21, 13, 16, 19, 22, 14, 17, 20, 23]);
  });

  it("names the tensor that it does not have", () => {
    expect(() => weights.constant("v")).toThrow(new ModelError("weights 'test' have no tensor 'v'"));
  });
});

describe("loadPretrained", () => {
  it.each(pretrainedNames)("reads %s whole", async (name) => {
    expect((await loadPretrained(name)).name).toBe(name);
  });

  it("gives weights of a sensible size", async () => {
    const { shape, data } = (await loadPretrained("face_recognition")).tensor("fc");
    expect(shape).toEqual([256, 128]);
    expect(data.every((value) => Math.abs(value) < 2)).toBe(true);
    expect(data.some((value) => Math.abs(value) > 0.01)).toBe(true);
  });
});
