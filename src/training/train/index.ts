export { exportModel, networkContract } from "./export-model.ts";
export { optimizerNames, scheduleNames, trainingDefaults } from "./names.ts";
export {
  type FineTuningOptions,
  type ResolvedFineTuning,
  type ResolvedOptions,
  resolveFineTuning,
  resolveLoss,
  resolveNetwork,
  resolveOptions,
  type TrainingOptions,
} from "./options.ts";
export type {
  ProgramOptions,
  ProgramState,
  StateTensor,
  Step,
  StepBatch,
  StepResult,
  StepScalars,
  TrainingProgram,
} from "./programs/program.ts";
export { type Exchanged, type Reducer, type Reduction, singleProcess } from "./programs/reducer.ts";
export { SampledProgram } from "./programs/sampled-program.ts";
export { SplitProgram } from "./programs/split-program.ts";
export {
  forwardBackward,
  PAPER_NORMALIZATION,
  type PixelNormalization,
  type StepDescription,
  type TensorRole,
  trainingStep,
  update,
} from "./programs/training-step.ts";
export { WholeProgram } from "./programs/whole-program.ts";
export { type RunCenters, readCenters } from "./read-centers.ts";
export { type ReadableVerification, readableVerification } from "./readable-verification.ts";
export { type RunGeometry, type RunGeometryOptions, runGeometry } from "./run-geometry.ts";
export {
  type GeometryRow,
  type GuardRow,
  type LogRow,
  readLogIn,
  readRunLog,
  type StartRow,
  type TrainingRow,
  type VerificationRow,
} from "./run-log.ts";
export type { ScoresRow } from "./scores-row.ts";
export { type StrayImage, type StrayImages, type StrayImagesOptions, strayImages } from "./stray-images.ts";
export { train } from "./train.ts";
export type { Progress, TrainingResult, TrainingRun, Verification } from "./training-run.ts";
