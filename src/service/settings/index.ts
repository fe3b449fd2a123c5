export { galleryLocation } from "./gallery-location.ts";
export { type LogLevel, logLevels } from "./parse-setting.ts";
export {
  imageLimitNames,
  readSettings,
  type Setting,
  type SettingName,
  type SettingSources,
  type Settings,
  settingFlag,
  settingNames,
  settings,
} from "./settings.ts";
