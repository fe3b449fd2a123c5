export {
  CalibrationError,
  ConflictError,
  CosfaceError,
  DatasetError,
  DeviceError,
  DivergenceError,
  FaceError,
  GalleryError,
  ImageError,
  ModelError,
  NotFoundError,
  OptionError,
  ShapeError,
  TrainingError,
  UnavailableError,
} from "./errors.ts";
export { type Random, random } from "./random.ts";
export { requireBetween, requireInteger, requireOneOf, requirePositive } from "./require.ts";
