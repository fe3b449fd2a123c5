import { random } from "../../base/core/index.ts";

/** The noise of a step: one standard normal number a sample, by seed and step number. */
export function stepNoise(seed: number, stepNumber: number, batchSize: number): Float32Array {
  const stream = random(seed, "noise", stepNumber);
  return Float32Array.from({ length: batchSize }, () => stream.normal());
}
