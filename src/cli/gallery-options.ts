/** What the commands that look after a gallery share: where it is, and that it is closed behind them. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { NotFoundError } from "../base/core/index.ts";
import type { Gallery } from "../service/gallery/index.ts";
import { galleryPlace, type SettingName, type Settings } from "../service/settings/index.ts";
import { addSettingOptions, type SettingFlags, settingsOf } from "./settings-options.ts";

const PLACE: readonly SettingName[] = ["data", "databaseUrl", "encryptionKeyFile"];

/** Adds the options that say where the gallery is, and those of the `others`. */
export function addGalleryOptions(command: Command, others: readonly SettingName[] = []): Command {
  return addSettingOptions(command, [...PLACE, ...others]);
}

/** Opens the gallery that the settings name, runs, and closes it. @throws {NotFoundError} when there is none. */
export async function withGallery<Result>(
  flags: SettingFlags,
  run: (gallery: Gallery, settings: Settings) => Promise<Result>,
): Promise<Result> {
  const settings = await settingsOf(flags);
  const place = await galleryPlace(settings);
  if (settings.databaseUrl === undefined && !existsSync(place.location)) {
    throw new NotFoundError(`there is no gallery in '${settings.data}': name its folder by --data`);
  }
  return openAndRun(place, settings, run);
}

/** The same, and makes the gallery when there is none. */
export async function withNewGallery<Result>(
  flags: SettingFlags,
  run: (gallery: Gallery, settings: Settings) => Promise<Result>,
): Promise<Result> {
  const settings = await settingsOf(flags);
  return openAndRun(await galleryPlace(settings), settings, run);
}

async function openAndRun<Result>(
  place: Awaited<ReturnType<typeof galleryPlace>>,
  settings: Settings,
  run: (gallery: Gallery, settings: Settings) => Promise<Result>,
): Promise<Result> {
  const { openGallery } = await import("../service/gallery/index.ts");
  const gallery = await openGallery(place);
  try {
    return await run(gallery, settings);
  } finally {
    await gallery.close();
  }
}
