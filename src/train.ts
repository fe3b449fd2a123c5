/**
 * Training: the loop with its run log, batches, optimizers, schedules, and the head for very many identities.
 *
 * @module cosface/train
 */
export {
  type Augmentation,
  type BatchOptions,
  type BrokenImage,
  type TrainingBatch,
  type TrainingBatches,
  trainingBatches,
} from "./training/batches/index.ts";
export { type HeadScalars, type HeadStep, SampledHead, type SampledHeadOptions } from "./training/heads/index.ts";
export {
  type AdamWOptions,
  adamW,
  cosineSchedule,
  type Optimizer,
  PAPER_MILESTONES,
  polynomialSchedule,
  type Schedule,
  type ScheduleOptions,
  type SgdOptions,
  type StepScalars,
  sgd,
  stepSchedule,
} from "./training/optim/index.ts";
export {
  type FineTuningOptions,
  type GeometryRow,
  type GuardRow,
  type LogRow,
  optimizerNames,
  type Progress,
  type ResolvedFineTuning,
  type ResolvedOptions,
  type RunCenters,
  type RunGeometry,
  type RunGeometryOptions,
  readCenters,
  readRunLog,
  resolveOptions,
  runGeometry,
  type ScoresRow,
  type StartRow,
  type StrayImage,
  type StrayImages,
  type StrayImagesOptions,
  scheduleNames,
  strayImages,
  type TrainingOptions,
  type TrainingResult,
  type TrainingRow,
  type TrainingRun,
  train,
  type Verification,
  type VerificationRow,
} from "./training/train/index.ts";
