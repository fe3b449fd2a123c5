export { exportModel, networkContract } from "./export-model.ts";
export { optimizerNames, scheduleNames, trainingDefaults } from "./names.ts";
export { type SettledOptions, settleOptions, type TrainingOptions } from "./options.ts";
export { type RunCenters, readCenters } from "./read-centers.ts";
export { type RunGeometry, type RunGeometryOptions, runGeometry } from "./run-geometry.ts";
export {
  type GeometryRow,
  type LogRow,
  readRunLog,
  type StartRow,
  type TrainingRow,
  type VerificationRow,
} from "./run-log.ts";
export type { ScoresRow } from "./scores-row.ts";
export { StepProgram, type StepResult, type StepScalars } from "./step-program.ts";
export { type Progress, type TrainingResult, type TrainingRun, train, type Verification } from "./train.ts";
export {
  CENTERS,
  forwardBackward,
  PAPER_NORMALIZATION,
  type PixelNormalization,
  type StepDescription,
  trainingStep,
  update,
} from "./training-step.ts";
