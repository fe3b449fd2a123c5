/**
 * The recognition service over HTTP, its settings, and the errors that only it throws.
 *
 * @module cosface/server
 */
export {
  errorStatus as problemStatus,
  ForbiddenError,
  InternalError,
  MediaTypeError,
  MethodError,
  RateError,
  TooLargeError,
  UnauthorizedError,
} from "./base/core/index.ts";
export { type RunningService, serve } from "./service/server/index.ts";
export {
  type LogLevel,
  logLevels,
  readSettings,
  type Setting,
  type SettingName,
  type SettingSources,
  type Settings,
  settingFlag,
  settingNames,
  settings,
} from "./service/settings/index.ts";
