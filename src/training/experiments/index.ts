export { type Experiment, type SweepName, sweepNames, type Variant } from "./experiment.ts";
export { lossesExperiment } from "./losses.ts";
export { marginExperiment } from "./margin.ts";
export { type Material, type MaterialOptions, openMaterial } from "./material.ts";
export { TOY_MARGINS } from "./names.ts";
export { normalizationExperiment } from "./normalization.ts";
export { type RunRow, readResults } from "./results.ts";
export { scaleExperiment } from "./scale.ts";
export { summarizeRuns, type VariantSummary } from "./summary.ts";
export { runSweep, type Sweep, type SweepOptions, type SweepProgress, type SweepResult } from "./sweep.ts";
export { type SweepReportOptions, sweepFigures, sweepReport } from "./sweep-report.ts";
export {
  runToy,
  summarizeToy,
  TOY_IDENTITIES,
  type ToyOptions,
  type ToyRun,
  type ToySummary,
} from "./toy.ts";
export { type ToyFacesOptions, toyFaces } from "./toy-faces.ts";
export { type ToyReportOptions, toyFigures, toyReport } from "./toy-report.ts";
