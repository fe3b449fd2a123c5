import { describe, expect, it } from "vitest";
import { ownLoss } from "../../../test/support/own-loss.ts";
import { OptionError, random, ShapeError, TrainingError } from "../../base/core/index.ts";
import { add, reduceMean } from "../../compiler/graph/index.ts";
import {
  createLoss,
  evaluateLoss,
  type FaceLoss,
  type LossOptions,
  lossDefinitions,
  softmaxLoss,
  stepNoise,
} from "../losses/index.ts";
import { constantly } from "../nn/index.ts";
import { adamW, sgd } from "../optim/index.ts";
import { SampledHead, type SampledHeadOptions } from "./sampled-head.ts";

const BATCH = 6;
const SIZE = 5;
const IDENTITIES = 11;
const LABELS = Int32Array.of(0, 3, 3, 10, 7, 4);
const scalars = { learningRate: 0.1, margin: 0.35, stepNumber: 1 };

const stream = random(1);
const EMBEDDINGS = Float32Array.from({ length: BATCH * SIZE }, () => stream.normal());

function createHead(options: Partial<SampledHeadOptions> = {}): Promise<SampledHead> {
  return SampledHead.create({
    loss: createLoss({ name: "cosface", scale: 8 }),
    optimizer: sgd({ momentum: 0.9, weightDecay: 0.01 }),
    identityCount: IDENTITIES,
    embeddingSize: SIZE,
    batchSize: BATCH,
    share: 1,
    seed: 3,
    blockSize: 4,
    threads: 1,
    ...options,
  });
}

const table = (head: SampledHead, name = "centers") => head.state[name]!.data as Float32Array;
const rowsOf = (data: Float32Array, size = SIZE) =>
  Array.from({ length: data.length / size }, (_, i) => [...data.subarray(i * size, (i + 1) * size)]);

/** Largest difference, as a share of the largest expected number. */
function difference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
  return Array.from(expected).reduce((most, value, i) => Math.max(most, Math.abs(got[i]! - value)), 0) / largest;
}

const losses: readonly (LossOptions | FaceLoss)[] = [
  ...lossDefinitions.map((definition) => definition.create()).filter(({ canSample }) => canSample),
  ownLoss(),
  ownLoss({ perIdentity: 3 }),
  { name: "arcface", scale: 8, subcenters: 3, filter: 0.2 },
  { name: "arcface", scale: 8, gradient: "detached" },
  { name: "elastic-cosface", scale: 8, plus: true, deviation: 0.3 },
  { name: "uniface", scale: 8, subcenters: 2 },
  { name: "cosface", scale: 8, margin: 0.35 },
  { name: "cosface", scale: "norm", margin: 0.2 },
  { name: "combined", scale: 8, margin: 0.1, marginRadians: 0.2, multiplier: 1.1 },
  { name: "arcface", scale: 8, marginRadians: 0.3 },
  { name: "nsl", scale: 8 },
  { name: "softmax" },
  { name: "asoftmax", margin: 3, lambda: 2 },
];

describe("a head with all centers in its sample", () => {
  it.each(losses)("is the full head: %o", async (options) => {
    const loss = "build" in options ? options : createLoss(options);
    const head = await createHead({ loss });
    const before = table(head).slice();
    const expected = await evaluateLoss({
      loss: options,
      embeddings: rowsOf(EMBEDDINGS),
      centers: rowsOf(before),
      labels: LABELS,
      noise: stepNoise(3, scalars.stepNumber, BATCH),
    });
    const finals = [...head.scalars].map(([name, { final }]) => [name, final]);
    const step = { ...scalars, ...Object.fromEntries(finals) };
    const result = await head.step(EMBEDDINGS, LABELS, step);
    expect(Math.abs(result.loss / expected.loss - 1)).toBeLessThan(1e-5);
    expect(difference(result.embeddingGradient, expected.embeddingGradients.flat())).toBeLessThan(1e-4);
    // The first step of SGD: v = g + λw, w ← w − ηv.
    const velocity = expected.centerGradients.flat().map((g, i) => g + 0.01 * before[i]!);
    expect(difference(table(head, "velocity"), velocity)).toBeLessThan(1e-4);
    const moved = velocity.map((v, i) => before[i]! - 0.1 * v);
    expect(difference(table(head), moved)).toBeLessThan(1e-5);
    for (const [name, value] of Object.entries(expected.state)) {
      const slope = expected.parameterGradients[name] as number | undefined;
      const next = slope === undefined ? value : (value as number) - 0.1 * slope;
      const kept = { ...head.statistics, ...head.parameters }[name]!;
      expect(kept.data[0]).toBeCloseTo(next as number, 4);
      if (slope !== undefined) expect(head.parameterState[`${name}/velocity`]!.data[0]).toBeCloseTo(slope, 3);
    }
    await head.close();
  });

  it("keeps the digits of samples that are learnt, whose p is nearly 1", async () => {
    const head = await createHead({
      optimizer: sgd({ weightDecay: 0 }),
      loss: createLoss({ name: "cosface", scale: 60 }),
    });
    const embeddings = Float32Array.from([...LABELS].flatMap((label) => rowsOf(table(head))[label]!));
    const centers = rowsOf(table(head));
    const loss = { name: "cosface", scale: 60, margin: 0.35 } as const;
    const expected = await evaluateLoss({ loss, embeddings: rowsOf(embeddings), centers, labels: LABELS });
    const result = await head.step(embeddings, LABELS, scalars);
    expect(result.accuracy).toBe(1);
    expect(Math.abs(result.loss / expected.loss - 1)).toBeLessThan(1e-4);
    expect(difference(result.embeddingGradient, expected.embeddingGradients.flat())).toBeLessThan(1e-4);
    await head.close();
  });

  it("gives the same whatever the blocks are", async () => {
    const results = [];
    for (const blockSize of [1, 3, 11, 2048]) {
      const head = await createHead({ blockSize });
      results.push({ ...(await head.step(EMBEDDINGS, LABELS, scalars)), centers: table(head) });
      await head.close();
    }
    const [first, ...others] = results;
    for (const { loss, accuracy, embeddingGradient, centers } of others) {
      expect(loss).toBeCloseTo(first!.loss, 5);
      expect(accuracy).toBe(first!.accuracy);
      expect(difference(embeddingGradient, first!.embeddingGradient)).toBeLessThan(1e-5);
      expect(difference(centers, first!.centers)).toBeLessThan(1e-5);
    }
  });
});

describe("a head with half of the centers in its sample", () => {
  const half = { share: 0.5, identityCount: 30, optimizer: sgd({ momentum: 0.9, weightDecay: 0 }) };
  /** Nothing moves, and the same step number has the same sample. */
  const still = { ...scalars, learningRate: 0 };

  it("has the gradients of its loss, by central differences", async () => {
    const head = await createHead(half);
    const { embeddingGradient } = await head.step(EMBEDDINGS, LABELS, still);
    const gradient = table(head, "velocity").slice();
    const lossAt = async (data: Float32Array, i: number, value: number) => {
      const held = data[i]!;
      data[i] = value;
      const { loss } = await head.step(EMBEDDINGS, LABELS, still);
      data[i] = held;
      return loss;
    };
    // f32: a finer step would leave too few digits of the difference.
    const h = 4e-3;
    const slopes = async (data: Float32Array, relative: number) => {
      const numbers = [];
      for (let i = 0; i < data.length; i++) {
        const width = h * relative;
        numbers.push(
          ((await lossAt(data, i, data[i]! + width)) - (await lossAt(data, i, data[i]! - width))) / (2 * width),
        );
      }
      return numbers;
    };
    expect(difference(embeddingGradient, await slopes(EMBEDDINGS, 1))).toBeLessThan(2e-3);
    expect(difference(gradient, await slopes(table(head), 1))).toBeLessThan(2e-3);
    await head.close();
  });

  it("moves the sampled centers and leaves the others as they are, velocity and all", async () => {
    const head = await createHead({ ...half, optimizer: sgd({ momentum: 0.9, weightDecay: 0.1 }) });
    expect(head.sampleSize).toBe(16);
    const touched = new Set<number>();
    for (let stepNumber = 1; stepNumber <= 4; stepNumber++) {
      const before = { centers: table(head).slice(), velocity: table(head, "velocity").slice() };
      await head.step(EMBEDDINGS, LABELS, { ...scalars, stepNumber });
      const changed = (name: "centers" | "velocity") => {
        const after = rowsOf(table(head, name));
        return rowsOf(before[name]).flatMap((row, i) => (row.every((value, k) => value === after[i]![k]) ? [] : [i]));
      };
      expect(changed("centers")).toHaveLength(head.sampleSize);
      expect(changed("velocity")).toEqual(changed("centers"));
      expect(changed("centers")).toEqual(expect.arrayContaining([...LABELS]));
      for (const identity of changed("centers")) touched.add(identity);
    }
    expect(touched.size).toBeGreaterThan(head.sampleSize);
    await head.close();
  });

  it("goes on from a saved state to the same bits", async () => {
    const steps = async (head: SampledHead, from: number, to: number) => {
      const results = [];
      for (let stepNumber = from; stepNumber <= to; stepNumber++) {
        results.push(await head.step(EMBEDDINGS, LABELS, { ...scalars, stepNumber }));
      }
      return results;
    };
    for (const optimizer of [sgd(), adamW()]) {
      const whole = await createHead({ ...half, optimizer });
      await steps(whole, 1, 2);
      const saved = Object.fromEntries(
        Object.entries(whole.state).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]),
      );
      const resumed = await createHead({ ...half, optimizer });
      resumed.restore(saved);
      expect(await steps(resumed, 3, 5)).toEqual(await steps(whole, 3, 5));
      expect(resumed.state).toEqual(whole.state);
      expect(table(resumed)).toBe(saved.centers!.data);
      await whole.close();
      await resumed.close();
    }
  });

  it("keeps parameters and the shares of centers in its state, and goes on to the same bits", async () => {
    const loss = createLoss({ name: "uniface", scale: 8, subcenters: 2 });
    const all = (head: SampledHead) => ({
      ...head.state,
      ...head.statistics,
      ...head.parameters,
      ...head.parameterState,
    });
    const whole = await createHead({ ...half, loss, optimizer: adamW() });
    const first = whole.parameters.bias!.data[0];
    expect(first).toBeCloseTo(Math.log(10 * whole.sampleSize), 5);
    await whole.step(EMBEDDINGS, LABELS, scalars);
    const saved = Object.fromEntries(
      Object.entries(all(whole)).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]),
    );
    const resumed = await createHead({ ...half, loss, optimizer: adamW() });
    resumed.restore(saved);
    for (const head of [whole, resumed]) await head.step(EMBEDDINGS, LABELS, { ...scalars, stepNumber: 2 });
    expect(all(resumed)).toEqual(all(whole));
    expect(whole.parameters.bias!.data[0]).not.toBe(first);
    const shares = [...(whole.statistics.centerShares!.data as Float32Array)];
    const seen = shares.flatMap((share, i) => (share === 0.5 ? [] : [Math.floor(i / 2)]));
    expect([...new Set(seen)]).toEqual([...new Set(LABELS)].sort((a, b) => a - b));
    await whole.close();
    await resumed.close();
  });

  it("learns", async () => {
    const head = await createHead({ ...half, loss: createLoss({ name: "cosface", scale: 16 }) });
    const embeddings = EMBEDDINGS.slice();
    for (let stepNumber = 1; stepNumber <= 60; stepNumber++) {
      const { embeddingGradient } = await head.step(embeddings, LABELS, { ...scalars, stepNumber });
      for (let i = 0; i < embeddings.length; i++) embeddings[i]! -= embeddingGradient[i]!;
    }
    const { loss, accuracy } = await head.step(embeddings, LABELS, { ...scalars, stepNumber: 61 });
    expect(accuracy).toBe(1);
    expect(loss).toBeLessThan(0.5);
    await head.close();
  });
});

describe("a head", () => {
  it("has room for a batch of different identities, whatever the share", async () => {
    const head = await createHead({ identityCount: 100, share: 0.001 });
    expect(head.sampleSize).toBe(6);
    const { loss } = await head.step(EMBEDDINGS, Int32Array.of(99, 0, 50, 51, 52, 53), scalars);
    expect(loss).toBeGreaterThan(0);
    await head.close();
  });

  it("refuses what it cannot do", async () => {
    for (const name of ["center", "contrastive", "triplet"] as const) {
      await expect(createHead({ loss: createLoss({ name }) })).rejects.toThrow(OptionError);
    }
    // A loss that declares that it can be sampled, and then asks for more than a block has.
    const scalarOf = (build: FaceLoss["build"]): FaceLoss => ({ name: "greedy", canSample: true, build });
    const greedy = [
      scalarOf((scope) => ({
        logits: add(scope.cosines(), scope.parameter("bias", [scope.identityCount], constantly(0))),
      })),
      scalarOf((scope) => ({ logits: add(scope.cosines(), scope.noise()) })),
      scalarOf((scope) => ({ logits: add(scope.cosines(), scope.targetCosines()) })),
      scalarOf((scope) => ({ logits: scope.cosines(), penalty: reduceMean(scope.centers()) })),
    ];
    const both = scalarOf((scope) => ({ logits: scope.cosines(), costs: scope.cosines() }));
    await expect(createHead({ loss: both })).rejects.toThrow(OptionError);
    for (const loss of greedy) await expect(createHead({ loss })).rejects.toThrow(/declare that (it|the loss) cannot/);
    await expect(createHead({ loss: { ...softmaxLoss(), canSample: false } })).rejects.toThrow(OptionError);
    for (const share of [0, -0.1, 1.5, Number.NaN]) await expect(createHead({ share })).rejects.toThrow(OptionError);
    await expect(createHead({ identityCount: 1 })).rejects.toThrow(OptionError);
    const head = await createHead();
    await expect(head.step(EMBEDDINGS.subarray(1), LABELS, scalars)).rejects.toThrow(ShapeError);
    await expect(head.step(EMBEDDINGS, LABELS.subarray(1), scalars)).rejects.toThrow(ShapeError);
    await expect(
      head.step(
        EMBEDDINGS,
        LABELS.map(() => 11),
        scalars,
      ),
    ).rejects.toThrow(OptionError);
    expect(() => head.restore({})).toThrow(TrainingError);
    await head.close();
  });
});
