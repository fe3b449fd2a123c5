export {
  CalibrationError,
  ConflictError,
  CosfaceError,
  DatasetError,
  DeviceError,
  DivergenceError,
  FaceError,
  ForbiddenError,
  GalleryError,
  ImageError,
  InternalError,
  ModelError,
  NotFoundError,
  OptionError,
  RateError,
  ShapeError,
  TooLargeError,
  TrainingError,
  UnauthorizedError,
  UnavailableError,
} from "./errors.ts";
export { type Random, random } from "./random.ts";
export { requireBetween, requireInteger, requireOneOf, requirePositive } from "./require.ts";
