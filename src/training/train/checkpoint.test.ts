import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TrainingError } from "../../base/core/index.ts";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { encodeTensors, readTensors } from "./safetensors.ts";
import { crc32c, fileHeader, scalarEvent } from "./tensorboard.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cosface-checkpoint-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const checkpoint = (iteration: number): Checkpoint => ({
  iteration,
  iterations: 20,
  state: { w: { type: "f32", shape: [2, 2], data: Float32Array.of(iteration, -0, Number.MIN_VALUE, 3.5) } },
  choices: { "convWeightGradient 1": "taps" },
  fingerprint: "abc",
});

describe("checkpoints", () => {
  it("are read as they were written", async () => {
    await saveCheckpoint(folder, checkpoint(7));
    expect(await loadCheckpoint(folder)).toEqual(checkpoint(7));
  });

  it("keep the last two, and leave no drafts", async () => {
    for (const iteration of [1, 2, 10, 3]) await saveCheckpoint(folder, checkpoint(iteration));
    expect(readdirSync(folder).sort()).toEqual(["checkpoint-00000003.safetensors", "checkpoint-00000010.safetensors"]);
    expect((await loadCheckpoint(folder))!.iteration).toBe(10);
  });

  it("are ignored while they are drafts", async () => {
    writeFileSync(join(folder, "checkpoint-00000009.safetensors.123.draft"), "half");
    expect(await loadCheckpoint(folder)).toBeUndefined();
  });

  it("are refused when they are damaged, wherever they were cut off", async () => {
    const path = await saveCheckpoint(folder, checkpoint(1));
    const { length } = readFileSync(path);
    for (const kept of [0, 5, 20, length - 1]) {
      writeFileSync(path, readFileSync(await saveCheckpoint(folder, checkpoint(1))));
      truncateSync(path, kept);
      await expect(loadCheckpoint(folder)).rejects.toThrow(TrainingError);
    }
  });
});

describe("safetensors", () => {
  it("lays out a known file", () => {
    const parts = encodeTensors({ a: { type: "f32", shape: [1], data: Float32Array.of(1) } }, {});
    const bytes = Buffer.concat(parts);
    const header = '{"__metadata__":{},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    expect(bytes.readBigUInt64LE(0)).toBe(72n);
    expect(bytes.subarray(8, 80).toString().trimEnd()).toBe(header);
    expect(bytes.subarray(80)).toEqual(Buffer.from([0, 0, 0x80, 0x3f]));
  });

  it("round-trips any tensors", async () => {
    const tensor = fc
      .float32Array({ maxLength: 9 })
      .map((data) => ({ type: "f32" as const, shape: [data.length], data }));
    const names = fc.string({ minLength: 1 }).filter((name) => !name.startsWith("__"));
    const path = join(folder, "tensors");
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, tensor), async (tensors) => {
        const plain = { ...tensors };
        writeFileSync(path, Buffer.concat(encodeTensors(plain, {})));
        expect((await readTensors(path)).tensors).toEqual(plain);
      }),
    );
  });
});

describe("TensorBoard events", () => {
  it("use CRC-32C", () => {
    // The check value of the catalog of CRC algorithms.
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  });

  it("are framed with length and masked checksums", () => {
    const record = fileHeader(1.5);
    const view = new DataView(record.buffer);
    const length = Number(view.getBigUint64(0, true));
    expect(record.length).toBe(length + 16);
    const mask = (crc: number) => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
    expect(view.getUint32(8, true)).toBe(mask(crc32c(record.subarray(0, 8))));
    expect(view.getUint32(12 + length, true)).toBe(mask(crc32c(record.subarray(12, 12 + length))));
  });

  it("hold a scalar as its message says", () => {
    const payload = scalarEvent(1, 3, { a: 0.5 }).subarray(12, -4);
    // wall_time = 1.0, step = 3, summary { value { tag: "a", simple_value: 0.5 } }
    expect(Buffer.from(payload).toString("hex")).toBe("09000000000000f03f10032a0a0a080a0161150000003f");
  });
});
