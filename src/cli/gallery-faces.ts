/** The networks of the commands over a gallery: those that its service would take, by the same settings. */
import type { FacePipeline } from "../faces/face/index.ts";
import type { Settings } from "../service/settings/index.ts";
import { type ContractFlags, given } from "./face-options.ts";
import { openRecognition } from "./recognition.ts";

/** Opens model and detector of the settings. */
export function openGalleryFaces(
  flags: ContractFlags & { readonly aligned?: boolean },
  settings: Settings,
): Promise<FacePipeline> {
  const { channels, flip, mean, std, template, aligned } = flags;
  return openRecognition({
    ...given({ channels, flip, mean, std, template, aligned }),
    model: settings.model,
    detector: settings.detector,
    ...(settings.threads > 0 && { threads: settings.threads }),
  });
}
