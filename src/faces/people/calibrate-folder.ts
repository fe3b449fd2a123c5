import { requireKnownKeys } from "../../base/core/index.ts";
import type { FacePipeline } from "../face/index.ts";
import { type CalibrateOptions, type Calibration, calibrate } from "./calibration.ts";
import { type EmbedFolderOptions, embedFolder, type FolderFaces } from "./embed-folder.ts";
import { requireFaces } from "./use-faces.ts";

/** How a folder of photographs is calibrated on. */
export type CalibrateFolderOptions = CalibrateOptions &
  EmbedFolderOptions & {
    /** The photographs in words; default "your own photographs". */
    readonly name?: string;
    /** Whether the images are aligned crops, in which no detector looked for a face; default false. */
    readonly aligned?: boolean;
  };

/** A calibration, and the photographs that it could not use. */
export type FolderCalibration = Pick<FolderFaces, "skipped" | "passedOver"> & { readonly calibration: Calibration };

/**
 * Measures the thresholds of a model on a folder of photographs, one subfolder a person ({@link calibrate}).
 *
 * @throws {DatasetError | FaceError} as {@link embedFolder}.
 * @throws {OptionError} as {@link calibrate}, and for an option that does not exist.
 */
export async function calibrateFolder(
  folder: string,
  faces: FacePipeline,
  options: CalibrateFolderOptions = {},
): Promise<FolderCalibration> {
  requireKnownKeys("options of calibrateFolder", options, {
    fars: true,
    confidence: true,
    cache: true,
    onProgress: true,
    signal: true,
    name: true,
    aligned: true,
  });
  requireFaces(faces);
  const { name: measuredOn = "your own photographs", aligned = false, ...measuring } = options;
  const { skipped, passedOver, ...labeled } = await embedFolder(folder, faces, measuring);
  const source = { model: faces.embedder.id, measuredOn, detector: aligned ? null : faces.detector.name };
  return { calibration: calibrate(labeled, source, measuring), skipped, passedOver };
}
