import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { input } from "../../compiler/graph/index.ts";
import { compile, type Tensor } from "../../compiler/runtime/index.ts";
import { adamW, type Optimizer, sgd } from "./optimizer.ts";

type Rule = { readonly decay?: boolean; readonly learningRateFactor?: number };

const GRADIENTS = [
  [0.1, -0.2, 0],
  [0.3, 0.1, -0.05],
  [-0.2, 0, 1],
];

/** Parameters after each step from (1, −2, 0.5), with the gradients above. */
async function steps(optimizer: Optimizer, learningRate: number, rule: Rule = {}): Promise<number[][]> {
  const shape = [3];
  const { decay = true, learningRateFactor = 1 } = rule;
  const updated = optimizer.update(
    {
      parameter: input("w", "f32", shape),
      gradient: input("g", "f32", shape),
      state: Object.fromEntries(optimizer.stateNames.map((name) => [name, input(name, "f32", shape)])),
      decay,
      learningRateFactor,
    },
    { learningRate: input("learningRate", "f32", []), stepNumber: input("stepNumber", "f32", []) },
  );
  const { session } = await compile(
    { name: "update", outputs: { next: updated.parameter, ...prefixed(updated.state) } },
    { measure: false, threads: 1 },
  );
  const tensor = (data: readonly number[]): Tensor => ({ type: "f32", shape, data: Float32Array.from(data) });
  const scalar = (value: number): Tensor => ({ type: "f32", shape: [], data: Float32Array.of(value) });
  let parameter = tensor([1, -2, 0.5]);
  let state = Object.fromEntries(optimizer.stateNames.map((name) => [name, tensor([0, 0, 0])]));
  const history: number[][] = [];
  try {
    for (const [i, gradient] of GRADIENTS.entries()) {
      const given = {
        w: parameter,
        g: tensor(gradient),
        ...state,
        learningRate: scalar(learningRate),
        stepNumber: scalar(i + 1),
      };
      const known = session.inputNames.map((name) => [name, given[name as keyof typeof given]!] as const);
      const result = await session.run(Object.fromEntries(known));
      parameter = result.next!;
      state = Object.fromEntries(optimizer.stateNames.map((name) => [name, result[`next/${name}`]!]));
      history.push(Array.from(parameter.data as Float32Array));
    }
  } finally {
    await session.close();
  }
  return history;
}

function prefixed<T>(state: { readonly [name: string]: T }): Record<string, T> {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [`next/${name}`, value]));
}

function expectClose(got: readonly number[][], expected: readonly number[][], tolerance: number) {
  for (const [i, row] of expected.entries()) {
    for (const [k, value] of row.entries()) expect(Math.abs(got[i]![k]! - value)).toBeLessThan(tolerance);
  }
}

describe("sgd", () => {
  // torch 1.13.0a0 (Debian's python3-torch), SGD(lr=0.1, momentum=0.9, weight_decay=5e-4) in f64; no randomness.
  it("takes PyTorch's steps", async () => {
    expectClose(
      await steps(sgd(), 0.1),
      [
        [0.98995, -1.9799, 0.499975],
        [0.9508555025, -1.971711005, 0.50492750125],
        [0.9356229119748749, -1.96424232394975, 0.4093595059999375],
      ],
      3e-7,
    );
  });

  it("is worked out by hand: v = g, then v = ½·v + g, at double the rate and without decay", async () => {
    const rule = { decay: false, learningRateFactor: 2 };
    expectClose(
      (await steps(sgd({ momentum: 0.5, weightDecay: 0.1 }), 0.05, rule)).slice(0, 2),
      [
        [0.99, -1.98, 0.5],
        [0.99 - 0.1 * 0.35, -1.98, 0.505],
      ],
      3e-7,
    );
  });

  it("refuses settings out of range", () => {
    for (const momentum of [-0.1, 1, Number.NaN]) expect(() => sgd({ momentum })).toThrow(OptionError);
    for (const weightDecay of [-1e-4, 2]) expect(() => sgd({ weightDecay })).toThrow(OptionError);
  });
});

describe("adamW", () => {
  // torch 1.13.0a0, AdamW(lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.05) in f64.
  it("takes PyTorch's steps", async () => {
    // 1 − 0.999ᵗ in f32 is good to 6e-5 of itself, which moves a step of 0.01 by up to 3e-7.
    expectClose(
      await steps(adamW(), 0.01),
      [
        [0.9895000009999999, -1.9890000005000001, 0.49975],
        [0.9798274402200591, -1.9853421302716179, 0.5069414911314599],
        [0.9767584885683694, -1.9822906663301667, 0.5005949545882666],
      ],
      1e-6,
    );
  });

  it("is worked out by hand: the first step is η along the sign, whatever the gradient's size", async () => {
    const [first] = await steps(adamW({ weightDecay: 0 }), 0.01);
    expectClose([first!], [[0.99, -1.99, 0.5]], 1e-6);
    const [decayed] = await steps(adamW({ weightDecay: 0.5 }), 0.01, { learningRateFactor: 2 });
    expectClose([decayed!], [[1 - 0.02 * 1.5, -2 + 0.02 * 2, 0.5 - 0.02 * 0.25]], 1e-6);
    const [spared] = await steps(adamW({ weightDecay: 0.5 }), 0.01, { decay: false });
    expectClose([spared!], [[0.99, -1.99, 0.5]], 1e-6);
  });

  it("refuses settings out of range", () => {
    for (const beta of [-0.1, 1, Number.NaN]) {
      expect(() => adamW({ beta1: beta })).toThrow(/beta1: got/);
      expect(() => adamW({ beta2: beta })).toThrow(/beta2/);
    }
    expect(() => adamW({ epsilon: 0 })).toThrow(OptionError);
    expect(() => adamW({ weightDecay: -1 })).toThrow(OptionError);
  });
});
