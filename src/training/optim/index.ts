export { type AdamWOptions, adamW, type Optimizer, type SgdOptions, type StepScalars, sgd } from "./optimizer.ts";
export {
  cosineSchedule,
  PAPER_MILESTONES,
  polynomialSchedule,
  type Schedule,
  type ScheduleOptions,
  stepSchedule,
} from "./schedule.ts";
