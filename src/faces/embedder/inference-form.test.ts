import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import { add, batchNorm, conv2d, input, prelu, reshape, type Value } from "../../compiler/graph/index.ts";
import { writeOnnx } from "../../compiler/onnx/index.ts";
import { createSession, type Session, type Tensor } from "../../compiler/runtime/index.ts";
import { inferenceForms } from "./inference-form.ts";
import { openByBatch } from "./session-by-batch.ts";

const sessions: Pick<Session, "close">[] = [];
afterAll(() => Promise.all(sessions.map((session) => session.close())));

const numbers = (name: string, shape: readonly number[], low: number, high: number): Float32Array => {
  const stream = random(1, name);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => stream.uniform(low, high));
};

/** What a small network of one unit is made of; a slope above 1 keeps its PReLU as it is. */
type Unit = {
  readonly channels: number;
  readonly size: readonly [number, number];
  readonly normalizes: { readonly before: boolean; readonly behind: boolean };
  readonly hasBias: boolean;
  readonly highestSlope: number;
  /** Whether what the convolution and the normalization before it give is used elsewhere too. */
  readonly isShared: boolean;
};

/**
 * The ONNX file of such a network: an entry from three channels, then normalization, convolution, normalization, PReLU.
 */
function networkFile({ channels, size, normalizes, hasBias, highestSlope, isShared }: Unit): Uint8Array {
  const initializers = new Map<string, Float32Array>();
  const parameter = (name: string, shape: readonly number[], low: number, high: number): Value => {
    initializers.set(name, numbers(name, shape, low, high));
    return input(name, "f32", shape);
  };
  const normalized = (x: Value, name: string): Value => {
    const [scale, shift, mean] = ["scale", "shift", "mean"].map((what) =>
      parameter(`${name}.${what}`, [channels], -1, 1),
    );
    const variance = parameter(`${name}.variance`, [channels], 0.5, 2);
    return batchNorm(x, { scale: scale!, shift: shift!, mean: mean!, variance }, 1e-3);
  };
  const rectified = (x: Value, name: string): Value =>
    prelu(x, reshape(parameter(`${name}.slope`, [channels], -0.5, highestSlope), [channels, 1, 1]));
  const images = input("images", "f32", ["batch", 3, ...size]);
  const padding = [1, 1, 1, 1] as const;
  const entry = rectified(conv2d(images, parameter("entry.w", [channels, 3, 3, 3], -0.3, 0.3), { padding }), "entry");
  const before = normalizes.before ? normalized(entry, "before") : entry;
  const w = parameter("w", [channels, channels, 3, 3], -0.05, 0.05);
  const convolved = conv2d(before, w, { padding, ...(hasBias ? { bias: parameter("b", [channels], -1, 1) } : {}) });
  const behind = normalizes.behind ? normalized(convolved, "behind") : convolved;
  const y = rectified(behind, "y");
  const output = isShared ? add(add(y, convolved), before) : y;
  return writeOnnx({ name: "unit", outputs: { output } }, { initializers });
}

/**
 * How many nodes of a type there are: the name of a type stands in the bytes as it is, that of a tensor has a number.
 */
function countNodes(file: Uint8Array, opType: string): number {
  return [
    ...Buffer.from(file)
      .toString("latin1")
      .matchAll(new RegExp(`${opType}(?!_)`, "g")),
  ].length;
}

async function run(file: Uint8Array, images: Tensor): Promise<Tensor> {
  const session = await createSession(file, { threads: 1 });
  sessions.push(session);
  return (await session.run({ images })).output!;
}

function error(got: Tensor, expected: Tensor): number {
  expect(got.shape).toEqual(expected.shape);
  let [difference, largest] = [0, 0];
  for (const [i, value] of (expected.data as Float32Array).entries()) {
    difference = Math.max(difference, Math.abs(value - Number(got.data[i])));
    largest = Math.max(largest, Math.abs(value));
  }
  return difference / largest;
}

const image = (count: number, size: readonly [number, number]): Tensor => {
  const shape = [count, 3, ...size];
  return { type: "f32", shape, data: numbers("images", shape, -1, 1) };
};

const UNIT: Unit = {
  channels: 128,
  size: [9, 6],
  normalizes: { before: true, behind: true },
  hasBias: true,
  highestSlope: 0.9,
  isShared: false,
};

describe("the forms of a network", () => {
  it("compute what the file does, however its layers are normalized, shared and rectified", async () => {
    const units = fc.record<Unit>({
      channels: fc.constantFrom(128, 136, 144),
      size: fc.tuple(fc.integer({ min: 3, max: 10 }), fc.integer({ min: 3, max: 10 })),
      normalizes: fc.record({ before: fc.boolean(), behind: fc.boolean() }),
      hasBias: fc.boolean(),
      highestSlope: fc.constantFrom(0.9, 1.5),
      isShared: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(units, async (unit) => {
        const file = networkFile(unit);
        const images = image(2, unit.size);
        const expected = await run(file, images);
        const { forFew, forMany } = inferenceForms(file);
        expect(error(await run(forFew, images), expected)).toBeLessThan(1e-5);
        expect(error(await run(forMany!(), images), expected)).toBeLessThan(5e-5);
      }),
      { numRuns: 12 },
    );
  });

  it("hold no normalization where a convolution takes it in, and no PReLU that breaks blocks apart", () => {
    const { forFew, forMany } = inferenceForms(networkFile(UNIT));
    const isBlocked = process.arch === "x64";
    expect(countNodes(forFew, "BatchNormalization")).toBe(2);
    expect(countNodes(forFew, "PRelu")).toBe(isBlocked ? 0 : 2);
    expect(countNodes(forMany!(), "BatchNormalization")).toBe(0);
    // That behind the convolution in Winograd's way, whose output is not blocked.
    expect(countNodes(forMany!(), "PRelu")).toBe(isBlocked ? 1 : 2);
  });

  it("keep a PReLU with a slope above 1", () => {
    expect(countNodes(inferenceForms(networkFile({ ...UNIT, highestSlope: 9 })).forFew, "PRelu")).toBe(2);
  });

  it("are one where nothing gains from many images", () => {
    expect(inferenceForms(networkFile({ ...UNIT, channels: 64 })).forMany).toBeUndefined();
    expect(inferenceForms(networkFile({ ...UNIT, size: [40, 8] })).forMany).toBeUndefined();
  });

  it("are the file itself where it is no ONNX that can be read", () => {
    const file = Uint8Array.of(1, 2, 3);
    expect(inferenceForms(file)).toEqual({ forFew: file, forMany: undefined });
  });
});

it("runs the form that suits the number of images", async () => {
  const file = networkFile(UNIT);
  const session = await openByBatch(file, { threads: 1 });
  sessions.push(session);
  const all = image(17, UNIT.size);
  const together = (await session.run({ images: all })).output!;
  const alone = (await session.run({ images: image(1, UNIT.size) })).output!;
  const first = { ...together, shape: alone.shape, data: together.data.slice(0, alone.data.length) };
  const off = error(first, alone);
  expect(off).toBeLessThan(5e-5);
  expect(off).toBeGreaterThan(1e-8); // Else both were one form.
  expect(together.shape[0]).toBe(17);
});
