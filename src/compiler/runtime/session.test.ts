import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { DeviceError } from "../../base/core/index.ts";
import { input, mul } from "../graph/index.ts";
import { writeOnnx } from "../onnx/index.ts";
import type { Tensor } from "./engine.ts";
import { type Device, devices } from "./names.ts";
import { availableDevices, createSession, release, requireDevice } from "./session.ts";

const model = writeOnnx({ name: "twice", outputs: { y: mul(input("x", "f32", ["batch", 2]), 2) } });
const available = await availableDevices();

describe("release", () => {
  it("frees memory in the next turn, without waiting for the garbage collector", async () => {
    const before = process.memoryUsage().arrayBuffers;
    const floats = (count: number): Tensor => ({ type: "f32", shape: [count], data: new Float32Array(count) });
    const tensors = [floats(2), floats(4e6)];
    expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThan(16e6 - 1);
    release(tensors);
    expect(tensors.map(({ data }) => data.length)).toEqual([0, 0]);
    await setTimeout(20);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });
});

describe("devices", () => {
  it("include the CPU everywhere", async () => {
    expect(available[0]).toBe("cpu");
    await requireDevice("cpu");
  });

  it("that are missing are named beside the available ones", async () => {
    // DirectML is Windows' and Core ML is Apple's: at least one of them is missing everywhere.
    const missing = devices.filter((device) => !available.includes(device));
    expect(missing.length).toBeGreaterThan(0);
    for (const device of missing) {
      await expect(requireDevice(device)).rejects.toThrow(DeviceError);
      await expect(createSession(model, { device })).rejects.toThrow(
        `device '${device}' is not available here, expected one of ${available.join(", ")}`,
      );
    }
    await expect(requireDevice("tpu" as Device)).rejects.toThrow(DeviceError);
  });

  it.skipIf(!available.includes("cuda"))("that are listed start, or say what they need", async () => {
    // ONNX Runtime for Linux lists CUDA whether or not its libraries are installed.
    const started = createSession(model, { device: "cuda", threads: 1 });
    const problem = await started.then(
      (session) => session.close(),
      (error: unknown) => error,
    );
    if (problem === undefined) return;
    expect(problem).toBeInstanceOf(DeviceError);
    expect((problem as Error).message).toMatch(
      /^device 'cuda' could not be started: .+; use --device cpu; .*npm rebuild/,
    );
  });
});
