export { galleryPlace } from "./gallery-place.ts";
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
} from "./settings.ts";
