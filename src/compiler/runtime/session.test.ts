import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { DeviceError, ModelError } from "../../base/core/index.ts";
import { add, input, mul } from "../graph/index.ts";
import { writeOnnx } from "../onnx/index.ts";
import { type Device, devices } from "./names.ts";
import { availableDevices, createSession, release, requireDevice, type Tensor, type Tensors } from "./session.ts";

const x = input("x", "f32", ["batch", 2]);
const model = writeOnnx({ name: "twice", outputs: { y: mul(x, 2), z: add(x, 1) } });
const rows = (...data: number[]): Tensor => ({
  type: "f32",
  shape: [data.length / 2, 2],
  data: Float32Array.from(data),
});

describe("createSession", () => {
  it("loads a model, knows its names and types, and runs it for any batch", async () => {
    const session = await createSession(model, { threads: 1 });
    expect(session.inputNames).toEqual(["x"]);
    expect(session.outputNames).toEqual(["y", "z"]);
    expect(session.inputTypes).toEqual({ x: { type: "f32", shape: ["batch", 2] } });
    const { y, z } = await session.run({ x: rows(1, 2) });
    expect(y).toEqual(rows(2, 4));
    expect(z).toEqual(rows(2, 3));
    expect((await session.run({ x: rows(1, 2, 3, 4) })).y).toEqual(rows(2, 4, 6, 8));
    await session.close();
  });

  it.each([
    ["bytes that are no model", Uint8Array.of(1, 2, 3, 4)],
    ["the first half of a model", model.slice(0, model.length / 2)],
    ["a file that is not there", "there-is-no-such-model.onnx"],
  ])("refuses %s", async (_, broken) => {
    const call = createSession(broken);
    await expect(call).rejects.toThrow(ModelError);
    await expect(call).rejects.toThrow(/does not load this model: ./);
    await expect(call).rejects.toMatchObject({ cause: expect.any(Error) });
  });
});

describe("Session.run", () => {
  it.each([
    ["without an input", {}, /'x' is missing/],
    ["with another shape", { x: { ...rows(1, 2, 3), shape: [1, 3] } }, /invalid dimensions for input: x/],
    ["with another type", { x: { type: "i32", shape: [1, 2], data: Int32Array.of(1, 2) } }, /data type/],
    ["with less data than its shape says", { x: { ...rows(1, 2), shape: [2, 2] } }, /does not match data length/],
  ] as const)("refuses to run %s", async (_, inputs, message) => {
    const session = await createSession(model, { threads: 1 });
    const call = session.run(inputs as Tensors);
    await expect(call).rejects.toThrow(ModelError);
    await expect(call).rejects.toThrow(message);
    await session.close();
  });
});

describe("release", () => {
  it("lets memory go in the next turn, without waiting for the garbage collector", async () => {
    const before = process.memoryUsage().arrayBuffers;
    const tensors = [rows(1, 2), { ...rows(), data: new Float32Array(4e6) }];
    expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThan(16e6 - 1);
    release(tensors);
    expect(tensors.map(({ data }) => data.length)).toEqual([0, 0]);
    await setTimeout(20);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });
});

describe("devices", () => {
  it("always have the CPU among those there are", () => {
    expect(availableDevices()[0]).toBe("cpu");
    expect(() => requireDevice("cpu")).not.toThrow();
    for (const device of availableDevices()) expect(devices).toContain(device);
  });

  it("that are missing are named with those there are", async () => {
    const available = availableDevices().join(", ");
    // DirectML is Windows' and Core ML is Apple's: at least one of them is missing everywhere.
    const missing = devices.filter((device) => !availableDevices().includes(device));
    expect(missing.length).toBeGreaterThan(0);
    for (const device of missing) {
      expect(() => requireDevice(device)).toThrow(DeviceError);
      await expect(createSession(model, { device })).rejects.toThrow(
        `device '${device}' is not available here, expected one of ${available}`,
      );
    }
    expect(() => requireDevice("tpu" as Device)).toThrow(DeviceError);
  });

  it.skipIf(!availableDevices().includes("cuda"))("that are listed start, or say what they need", async () => {
    // ONNX Runtime for Linux lists CUDA whether or not its libraries are there.
    const started = createSession(model, { device: "cuda", threads: 1 });
    const problem = await started.then(
      (session) => session.close(),
      (error: unknown) => error,
    );
    if (problem === undefined) return;
    expect(problem).toBeInstanceOf(DeviceError);
    expect((problem as Error).message).toMatch(
      /^device 'cuda' could not be started: .+; device 'cpu' always can; .*npm rebuild/,
    );
  });
});
