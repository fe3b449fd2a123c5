export {
  CosfaceError,
  DatasetError,
  DeviceError,
  ImageError,
  ModelError,
  OptionError,
  ShapeError,
  TrainingError,
} from "./errors.ts";
export { type Random, random } from "./random.ts";
export { requireBetween, requireInteger, requireOneOf, requirePositive } from "./require.ts";
