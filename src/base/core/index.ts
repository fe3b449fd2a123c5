export { describeValue } from "./describe-value.ts";
export {
  CalibrationError,
  ConflictError,
  CosfaceError,
  type CosfaceErrorOptions,
  DatasetError,
  DeviceError,
  DivergenceError,
  DownloadError,
  errorStatus,
  FaceError,
  ForbiddenError,
  GalleryError,
  ImageError,
  InternalError,
  MediaTypeError,
  MethodError,
  ModelError,
  NotFoundError,
  OptionError,
  ofFile,
  QualityError,
  type QualityReason,
  RateError,
  ShapeError,
  TooLargeError,
  TrainingError,
  UnauthorizedError,
  UnavailableError,
} from "./errors.ts";
export { fromHalf, toHalf } from "./half.ts";
export { joinBytes } from "./join-bytes.ts";
export { jsonDepth } from "./json-depth.ts";
export type { CancelSignal, UrlLike } from "./platform.ts";
export { type Random, random } from "./random.ts";
export {
  type KnownKeys,
  requireBetween,
  requireFields,
  requireInteger,
  requireKind,
  requireKnownKeys,
  requireObject,
  requireOneOf,
  requirePositive,
  type ValueKind,
} from "./require.ts";
export { similarName } from "./similar-name.ts";
export { textDigest } from "./text-hash.ts";
