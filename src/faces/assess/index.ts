// The report on a person's own data.
export { type AssessedFolder, type AssessOptions, assess } from "./assess.ts";
export type {
  AssessedAttribute,
  AssessedIdentification,
  AssessedVerification,
  Assessment,
  HardCase,
  LabelInDoubt,
  NotAssessed,
} from "./assessment.ts";
export type { CopyPair, FolderCheck, ImageNumber } from "./check-folder.ts";
export type { Latency } from "./latency.ts";
export type { GallerySize, SearchPoint } from "./open-set.ts";
export { writeAssessment } from "./write-assessment.ts";
