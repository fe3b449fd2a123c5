export { type Experiment, type SweepName, sweepNames, type Variant } from "./experiment.ts";
export { marginExperiment } from "./margin.ts";
export { type Material, type MaterialOptions, openMaterial } from "./material.ts";
export { type RunRow, readResults } from "./results.ts";
export { summarizeRuns, type VariantSummary } from "./summary.ts";
export { runSweep, type Sweep, type SweepOptions, type SweepProgress, type SweepResult } from "./sweep.ts";
