import type { FacePipeline } from "../face/index.ts";
import { type CalibrateOptions, type Calibration, calibrate } from "./calibration.ts";
import { type EmbedFolderOptions, embedFolder, type FolderFaces } from "./embed-folder.ts";

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
 * @throws {OptionError} as {@link calibrate}.
 */
export async function calibrateFolder(
  folder: string,
  faces: FacePipeline,
  { name: measuredOn = "your own photographs", aligned = false, ...options }: CalibrateFolderOptions = {},
): Promise<FolderCalibration> {
  const { skipped, passedOver, ...labeled } = await embedFolder(folder, faces, options);
  const source = { model: faces.embedder.id, measuredOn, detector: aligned ? null : faces.detector.name };
  return { calibration: calibrate(labeled, source, options), skipped, passedOver };
}
