import { describe, expect, it } from "vitest";
import { random } from "../../../base/core/index.ts";
import type { Tensors } from "../../../compiler/runtime/index.ts";
import { cosFace } from "../../losses/index.ts";
import { configureNetwork, findNetwork } from "../../nn/index.ts";
import { adamW, sgd } from "../../optim/index.ts";
import type { Step } from "./program.ts";
import { SampledProgram } from "./sampled-program.ts";
import type { StepDescription } from "./training-step.ts";
import { WholeProgram } from "./whole-program.ts";

const stream = random(4);
const options = { seed: 1, measure: false, threads: 1 };

const describeStep = (network: string, optimizer = sgd()): StepDescription => ({
  network: configureNetwork(findNetwork(network), { inputSize: [16, 16], embeddingSize: 8 }),
  loss: cosFace({ scale: 16 }),
  optimizer,
  batchSize: 4,
  identityCount: 9,
  normalization: { mean: 127.5, std: 128 },
});

const steps = Array.from(
  { length: 2 },
  (_, i): Step => ({
    batch: {
      images: Uint8Array.from({ length: 4 * 16 * 16 * 3 }, () => stream.integer(256)),
      labels: Int32Array.from({ length: 4 }, () => stream.integer(9)),
    },
    scalars: { learningRate: 0.05, margin: 0.35, stepNumber: i + 1 },
  }),
);

/**
 * Largest difference of any tensor, as a share of its largest number. Numbers below the floor count as rounding: biases
 * in front of a batch normalization have a gradient of zero.
 */
function difference(got: Tensors, expected: Tensors): number {
  expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort());
  return Object.entries(expected).reduce((worst, [name, { data }]) => {
    const [a, b] = [got[name]!.data as Float32Array, data as Float32Array];
    const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0.05);
    return b.reduce((most, value, i) => Math.max(most, Math.abs(a[i]! - value) / largest), worst);
  }, 0);
}

describe("steps over a sample of all centers", () => {
  it.each([
    ["sphere4", sgd()],
    ["iresnet10-light", sgd()],
    ["sphere4", adamW({ epsilon: 1e-3 })],
  ])("are the whole step, of %s, statistics and all", async (network, optimizer) => {
    const step = describeStep(network, optimizer);
    const whole = await WholeProgram.create(step, options);
    const sampled = await SampledProgram.create({ ...step, sampleCenters: 1 }, options);
    expect(difference(sampled.state, whole.state)).toBe(0);
    const [expected, results] = [await whole.run(steps), await sampled.run(steps)];
    for (const [i, { loss, accuracy }] of expected.entries()) {
      expect(Math.abs(results[i]!.loss / loss - 1)).toBeLessThan(1e-4);
      expect(results[i]!.accuracy).toBe(accuracy);
    }
    expect(difference(sampled.state, whole.state)).toBeLessThan(1e-3);
    await whole.close();
    await sampled.close();
  });
});
