import type { LoweringOptions } from "../../compiler/runtime/index.ts";
import { createOptimizer, type ResolvedOptions, resolveLoss, resolveNetwork, type TrainingOptions } from "./options.ts";
import type { TrainingProgram } from "./programs/program.ts";
import { SampledProgram } from "./programs/sampled-program.ts";
import { PAPER_NORMALIZATION, type PixelNormalization, type StepDescription } from "./programs/training-step.ts";
import { WholeProgram } from "./programs/whole-program.ts";

/** The step of a run: its network, loss, optimizer and sizes. */
export function describeStep(
  given: TrainingOptions,
  options: ResolvedOptions,
  identityCount: number,
  normalization: PixelNormalization = PAPER_NORMALIZATION,
): StepDescription {
  const { batchSize, sampleCenters } = options;
  return {
    network: resolveNetwork(given),
    loss: resolveLoss(given),
    optimizer: createOptimizer(options),
    batchSize,
    identityCount,
    normalization,
    ...(sampleCenters === undefined ? {} : { sampleCenters }),
  };
}

/** Compiles the program of a run: over a sample of the class centers where the options ask for it. */
export function createProgram(
  step: StepDescription,
  { seed, threads, device, measureLowerings }: ResolvedOptions,
  more: Pick<LoweringOptions, "choices" | "onMeasure">,
): Promise<TrainingProgram> {
  const options = { seed, threads, device, measure: measureLowerings, ...more };
  return step.sampleCenters === undefined ? WholeProgram.create(step, options) : SampledProgram.create(step, options);
}
