import { CalibrationError, OptionError, requireKind, requireKnownKeys, requireObject } from "../../base/core/index.ts";
import type { FacePipeline } from "../face/index.ts";
import {
  type CalibrateOptions,
  type Calibration,
  calibrate,
  calibrateOverSources,
  measureSource,
} from "./calibration.ts";
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

/** One source: photographs that were taken alike. */
export type SourceFolder = {
  /** The photographs in words. */
  readonly name: string;
  readonly folder: string;
};

/** How folders of several sources are calibrated on. */
export type CalibrateFoldersOptions = Omit<CalibrateFolderOptions, "name"> & {
  /** An earlier calibration of the model, whose sources take part; those of the same names are replaced. */
  readonly from?: Calibration;
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
  const { name: measuredOn = "your own photographs", aligned = false, fars, confidence, ...embedding } = options;
  const { skipped, passedOver, ...labeled } = await embedFolder(folder, faces, embedding);
  const source = { model: faces.embedder.id, measuredOn, detector: aligned ? null : faces.detector.name };
  const measuring = { ...(fars === undefined ? {} : { fars }), ...(confidence === undefined ? {} : { confidence }) };
  return { calibration: calibrate(labeled, source, measuring), skipped, passedOver };
}

/**
 * Measures the thresholds of a model on one or more sources, a folder each ({@link calibrateOverSources}). With one
 * folder and an earlier calibration, the thresholds are meant for that folder's photographs: the earlier sources are
 * what is known of them at first, and give way as the folder's people grow. With several folders they are meant for
 * photographs of any further source. With one folder alone, this is {@link calibrateFolder}.
 *
 * @throws {DatasetError | FaceError | OptionError} as {@link calibrateFolder}; also for two sources of one name.
 * @throws {CalibrationError} when the earlier calibration belongs to another model, or does not hold its sources.
 */
export async function calibrateFolders(
  folders: readonly SourceFolder[],
  faces: FacePipeline,
  options: CalibrateFoldersOptions = {},
): Promise<FolderCalibration> {
  requireKind("folders", folders, "a list");
  for (const source of folders) requireObject("folder", source);
  const { from, ...measuring } = options;
  const [only, second] = folders;
  if (only === undefined) throw new OptionError("folders: got none, expected at least one");
  if (from === undefined && second === undefined) {
    return calibrateFolder(only.folder, faces, { ...measuring, name: only.name });
  }
  requireFaces(faces);
  const { id: model } = faces.embedder;
  const before = from === undefined ? [] : earlierSources(from, model);
  const names = new Set(folders.map(({ name }) => name));
  if (names.size < folders.length) throw new OptionError("folders: got two sources of the same name: name each");
  const { aligned = false, fars, confidence, ...embedding } = measuring;
  const detector = aligned ? null : faces.detector.name;
  const rates = fars === undefined ? {} : { fars };
  const measured = [];
  for (const { name, folder } of folders) {
    const { skipped, passedOver, ...labeled } = await embedFolder(folder, faces, embedding);
    measured.push({ source: measureSource(labeled, { measuredOn: name, detector }, rates), skipped, passedOver });
  }
  const sources = [
    ...before.filter(({ measuredOn }) => !names.has(measuredOn)),
    ...measured.map(({ source }) => source),
  ];
  const calibration = calibrateOverSources(model, sources, {
    ...rates,
    ...(confidence !== undefined && { confidence }),
    target: second === undefined ? only.name : null,
  });
  return {
    calibration,
    skipped: measured.flatMap(({ skipped }) => skipped),
    passedOver: measured.flatMap(({ passedOver }) => passedOver),
  };
}

/** @throws {CalibrationError} */
function earlierSources({ model, sources }: Calibration, id: string) {
  if (model !== id) {
    throw new CalibrationError(`calibration to update: got that of model ${model}, expected that of ${id}`);
  }
  if (sources !== undefined) return sources;
  throw new CalibrationError(
    "calibration to update: got one without the measurements of its sources, as older versions wrote them: calibrate its photographs again",
  );
}
