/** Opening and closing of a gallery for commands, and the networks that its service would use. */
import { existsSync } from "node:fs";
import { rm, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { NotFoundError } from "../base/core/index.ts";
import { embeddingLength } from "../faces/embedder/index.ts";
import type { FacePipeline } from "../faces/face/index.ts";
import { type Collection, type Gallery, openGallery } from "../service/gallery/index.ts";
import { galleryLocation, type Settings } from "../service/settings/index.ts";
import { given } from "./given.ts";
import { limitImages } from "./limit-images.ts";
import { type SettingFlags, settingsOf } from "./options/settings.ts";
import type { ContractFlags } from "./options/shared.ts";
import { withRecognition } from "./recognition.ts";

/** Opens the gallery that the settings name, calls `use`, and closes it. @throws {NotFoundError} without a gallery. */
export async function withGallery<Result>(
  flags: SettingFlags,
  use: (gallery: Gallery, settings: Settings) => Promise<Result>,
): Promise<Result> {
  const settings = await settingsOf(flags);
  const place = await galleryLocation(settings);
  if (settings.databaseUrl === undefined && !existsSync(place.location)) {
    throw new NotFoundError(
      `no gallery in '${settings.data}': make one with cosface gallery enroll COLLECTION PHOTOGRAPHS or cosface serve, ` +
        "or name the folder of another with --data",
    );
  }
  return openAndUse(place, settings, use);
}

/**
 * Like {@link withGallery}, but makes a missing gallery. The folder of a new gallery is removed again when `use` fails
 * and the gallery is still empty.
 */
export async function withNewGallery<Result>(
  flags: SettingFlags,
  use: (gallery: Gallery, settings: Settings) => Promise<Result>,
): Promise<Result> {
  const settings = await settingsOf(flags);
  const place = await galleryLocation(settings);
  let isEmpty = true;
  return removeOnFailure(
    place,
    () =>
      openAndUse(place, settings, async (gallery) => {
        try {
          return await use(gallery, settings);
        } catch (error) {
          isEmpty = (await gallery.collections()).length === 0;
          throw error;
        }
      }),
    () => isEmpty,
  );
}

type Place = Awaited<ReturnType<typeof galleryLocation>>;

/** Calls `make`, which makes a gallery; if it fails, removes a folder that was not there before. */
export async function removeOnFailure<Result>(
  { location }: Place,
  make: () => Promise<Result>,
  isToRemove: () => boolean = () => true,
): Promise<Result> {
  const isNew = !/^\w+:\/\//.test(location) && !existsSync(location);
  try {
    return await make();
  } catch (error) {
    if (isNew && isToRemove()) {
      await rm(location, { recursive: true, force: true });
      // The folder of the data, if nothing else is in it.
      await rmdir(dirname(location)).catch(() => undefined);
    }
    throw error;
  }
}

async function openAndUse<Result>(
  place: Place,
  settings: Settings,
  use: (gallery: Gallery, settings: Settings) => Promise<Result>,
): Promise<Result> {
  const gallery = await openGallery(place);
  try {
    return await use(gallery, settings);
  } finally {
    await gallery.close();
  }
}

/**
 * Opens model and detector of the settings, as the gallery's service would, calls `use`, and closes them. Images are
 * read within the limits of the settings.
 */
export async function withGalleryFaces<Result>(
  flags: ContractFlags & { readonly aligned?: boolean },
  settings: Settings,
  use: (faces: FacePipeline) => Promise<Result>,
): Promise<Result> {
  const { channels, flip, mean, std, template, output, aligned } = flags;
  const networks = {
    ...given({ channels, flip, mean, std, template, output, aligned }),
    model: settings.model,
    detector: settings.detector,
    ...(settings.threads > 0 && { threads: settings.threads }),
  };
  await limitImages(settings);
  return withRecognition(networks, use);
}

/** The collection of a name, made for the networks' model if it is missing. */
export function collectionFor(gallery: Gallery, name: string, { embedder }: FacePipeline): Promise<Collection> {
  return gallery.collectionFor({ name, model: embedder.id, size: embeddingLength(embedder.contract) });
}
