import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import {
  conv2d,
  type Graph,
  gradients,
  input,
  loweringsOf,
  mul,
  outputValues,
  reduceSum,
  sortedNodes,
} from "../graph/index.ts";
import type { Tensor, Tensors } from "./engine.ts";
import { compile } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "cosface-lowering-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Shape = { readonly x: readonly number[]; readonly w: readonly number[]; readonly stride: 1 | 2 };
const HALVING: Shape = { x: [2, 3, 8, 6], w: [4, 3, 3, 3], stride: 2 };
const PLAIN: Shape = { x: [2, 3, 5, 6], w: [4, 3, 3, 3], stride: 1 };

const options = (stride: 1 | 2) => ({ stride: [stride, stride], padding: [1, 1, 1, 1], groups: 1 }) as const;

/** Gradients of Σ u·conv(x, w) with respect to both. */
function gradientGraph({ x, w, stride }: Shape): Graph {
  const [images, weights] = [input("x", "f32", x), input("w", "f32", w)];
  const y = conv2d(images, weights, options(stride));
  const [dx, dw] = gradients(reduceSum(mul(y, input("u", "f32", y.shape))), [images, weights]);
  return { name: "gradients", outputs: { dx: dx!, dw: dw! } };
}

function feeds({ x, w, stride }: Shape): Tensors {
  const stream = random(1);
  const tensor = (shape: readonly number[]): Tensor => ({
    type: "f32",
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => stream.uniform(-1, 1)),
  });
  return { x: tensor(x), w: tensor(w), u: tensor([x[0]!, w[0]!, x[2]! / stride, x[3]! / stride]) };
}

async function run(
  shape: Shape,
  choose: Parameters<typeof compile>[1],
): Promise<{ choices: object; results: Tensors }> {
  const { session, choices } = await compile(gradientGraph(shape), { threads: 1, ...choose });
  try {
    return { choices, results: await session.run(feeds(shape)) };
  } finally {
    await session.close();
  }
}

/** Lowerings that could be chosen, by the op that has them. */
function candidates(shape: Shape) {
  const nodes = sortedNodes(outputValues(gradientGraph(shape)));
  const namesOf = (op: string) =>
    nodes
      .filter((node) => node.op.name === op)
      .flatMap(loweringsOf)
      .map(({ name }) => name);
  return { convInputGradient: namesOf("convInputGradient"), convWeightGradient: namesOf("convWeightGradient") };
}

/** The definition: for each output pixel and tap, dx += u·w and dw += u·x. */
function directGradients(shape: Shape): { dx: Float64Array; dw: Float64Array } {
  const { x, w, u } = feeds(shape) as { x: Tensor; w: Tensor; u: Tensor };
  const [[n, c, height, width], [o], [, , rows, columns]] = [shape.x, shape.w, u.shape] as [
    number[],
    number[],
    number[],
  ];
  const dx = new Float64Array(x.data.length);
  const dw = new Float64Array(w.data.length);
  for (let p = 0; p < n! * o! * rows! * columns!; p++) {
    const [column, row] = [p % columns!, Math.floor(p / columns!) % rows!];
    const output = Math.floor(p / (columns! * rows!)) % o!;
    const image = Math.floor(p / (columns! * rows! * o!));
    for (let tap = 0; tap < c! * 9; tap++) {
      const [kx, ky, channel] = [tap % 3, Math.floor(tap / 3) % 3, Math.floor(tap / 9)];
      const [atX, atY] = [column * shape.stride + kx - 1, row * shape.stride + ky - 1];
      if (atX < 0 || atX >= width! || atY < 0 || atY >= height!) continue;
      const xIndex = ((image * c! + channel) * height! + atY) * width! + atX;
      const wIndex = output * c! * 9 + tap;
      dx[xIndex]! += (u.data[p] as number) * (w.data[wIndex] as number);
      dw[wIndex]! += (u.data[p] as number) * (x.data[xIndex] as number);
    }
  }
  return { dx, dw };
}

/** Winners of a cache by what a choice is known by, without the lowerings that were measured. */
function withoutContestants(winners: object): object {
  return Object.fromEntries(Object.entries(winners).map(([contest, name]) => [contest.split(" among ")[0], name]));
}

function expectClose(got: Tensor, expected: Float64Array): void {
  expect(got.data.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs((got.data[i] as number) - value)).toBeLessThan(2e-5);
}

describe.each([
  ["a halving convolution", HALVING],
  ["a plain convolution", PLAIN],
] as const)("gradients of %s", (_, shape) => {
  it("are those of the definition with every lowering", async () => {
    const expected = directGradients(shape);
    const { choices } = await run(shape, { measure: false });
    const perOp = candidates(shape);
    const longest = Math.max(...Object.values(perOp).map((list) => list.length));
    const tried = new Set<string>();
    for (let i = 0; i < longest; i++) {
      const given = Object.fromEntries(
        Object.keys(choices).map((key) => {
          const list = perOp[key.split(" ")[0] as keyof typeof perOp];
          return [key, list[i % list.length]!];
        }),
      );
      const { choices: kept, results } = await run(shape, { measure: false, choices: given });
      expect(kept).toEqual(given);
      for (const name of Object.values(kept)) tried.add(name as string);
      expectClose(results.dx!, expected.dx);
      expectClose(results.dw!, expected.dw);
    }
    expect([...tried].sort()).toEqual([...new Set(Object.values(perOp).flat())].sort());
  });
});

describe("the choice of lowerings", () => {
  let cacheFile = "";
  let measured: string[] = [];
  let count = 0;
  beforeEach(() => {
    cacheFile = join(folder, `${count++}`, "lowerings.json");
    measured = [];
  });
  const onMeasure = (key: string) => measured.push(key);
  const choose = (more: object = {}) => run(HALVING, { cacheFile, onMeasure, ...more });

  it("is the first lowering of each op when nothing is measured, and leaves no file", async () => {
    const { choices } = await choose({ measure: false });
    expect(
      Object.entries(choices)
        .map(([key, name]) => [key.split(" ")[0], name])
        .sort(),
    ).toEqual([
      ["convInputGradient", candidates(HALVING).convInputGradient[0]],
      ["convWeightGradient", candidates(HALVING).convWeightGradient[0]],
    ]);
    expect(measured).toEqual([]);
    expect(() => readFileSync(cacheFile)).toThrow(/ENOENT/);
  });

  it("is measured once, written down, and read the next time", async () => {
    const first = await choose();
    expect([...measured].sort()).toEqual(Object.keys(first.choices).sort());
    const [machine] = Object.values(JSON.parse(readFileSync(cacheFile, "utf8")) as object);
    expect(withoutContestants(machine as object)).toEqual(first.choices);
    const second = await choose();
    expect(second.choices).toEqual(first.choices);
    expect(measured.length).toBe(2);
  });

  it("follows the file, and not the clock: another entry there is another choice", async () => {
    const { choices } = await choose();
    const key = Object.keys(choices).find((name) => name.startsWith("convWeightGradient"))!;
    const cache = JSON.parse(readFileSync(cacheFile, "utf8")) as Record<string, Record<string, string>>;
    const [machine] = Object.values(cache);
    const contest = Object.keys(machine!).find((name) => name.startsWith(key))!;
    for (const name of candidates(HALVING).convWeightGradient) {
      machine![contest] = name;
      writeFileSync(cacheFile, JSON.stringify(cache));
      expect((await choose()).choices).toMatchObject({ [key]: name });
    }
    expect(measured.length).toBe(2);
  });

  it("keeps entries of other machines and shapes", async () => {
    await choose();
    const before = JSON.parse(readFileSync(cacheFile, "utf8")) as object;
    writeFileSync(cacheFile, JSON.stringify({ ...before, "another machine": { key: "columns" } }));
    await run(PLAIN, { cacheFile, onMeasure });
    const after = JSON.parse(readFileSync(cacheFile, "utf8")) as Record<string, object>;
    expect(after["another machine"]).toEqual({ key: "columns" });
    const [machine] = Object.keys(before);
    expect(Object.keys(after[machine!]!).length).toBe(4);
  });

  it.each(["{ not json", "", "null", "3", '["a"]', '{"x": 1}'])(
    "measures again where the file holds %o",
    async (text) => {
      await choose();
      const machine = Object.keys(JSON.parse(readFileSync(cacheFile, "utf8")) as object)[0]!;
      writeFileSync(cacheFile, text.replace('"x"', JSON.stringify(machine)));
      const { choices } = await choose();
      expect(measured.length).toBe(4);
      const cache = JSON.parse(readFileSync(cacheFile, "utf8")) as Record<string, object>;
      expect(withoutContestants(cache[machine]!)).toEqual(choices);
    },
  );

  it("measures again when a lowering has been added since", async () => {
    const { choices } = await choose();
    const text = readFileSync(cacheFile, "utf8");
    writeFileSync(cacheFile, text.replaceAll(/ among \w+/g, " among"));
    expect(Object.keys((await choose()).choices)).toEqual(Object.keys(choices));
    expect(measured.length).toBe(4);
  });

  it("measures again where the file names a lowering that does not exist", async () => {
    const { choices } = await choose();
    const text = readFileSync(cacheFile, "utf8");
    writeFileSync(cacheFile, text.replaceAll(/": "\w+"/g, '": "forgotten"'));
    expect(Object.keys((await choose()).choices)).toEqual(Object.keys(choices));
    expect(measured.length).toBe(4);
  });

  it("goes on where the file cannot be written", async () => {
    const file = join(folder, "occupied");
    writeFileSync(file, "");
    const { results } = await choose({ cacheFile: join(file, "lowerings.json") });
    expectClose(results.dx!, directGradients(HALVING).dx);
  });

  it("prefers given choices to measuring", async () => {
    const { choices } = await choose({ measure: false });
    const given = Object.fromEntries(
      Object.keys(choices).map((key) => [key, key.includes("Input") ? "phases" : "taps"]),
    );
    expect((await choose({ choices: given })).choices).toEqual(given);
    expect(measured).toEqual([]);
  });
});
