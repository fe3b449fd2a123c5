/**
 * A folder of photographs → a folder of aligned crops with the same names, which `openFolder` reads as a data set.
 *
 * Each crop gets its name when it is complete, and each photograph without a crop is put on a list, so that the same
 * call continues a run that was interrupted. A file beside the crops holds their settings; a run with other settings is
 * refused.
 */
import { appendFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type CancelSignal,
  CosfaceError,
  DatasetError,
  OptionError,
  requireFields,
  requireKnownKeys,
} from "../../base/core/index.ts";
import { openFolder } from "../../base/data/index.ts";
import { type PassedOver, writeAtomically } from "../../base/files/index.ts";
import type { Landmarks } from "../../base/image/index.ts";
import { decodeImage, encodeImage, type RgbImage } from "../../base/image/index.ts";
import { type AlignmentTarget, alignFace } from "../embedder/index.ts";
import type { FaceDetector } from "./detection.ts";
import { mainFace } from "./main-face.ts";
import { readAhead } from "./read-ahead.ts";

/** An aligned crop, and the landmarks in the photograph that it was aligned by. */
export type AlignedFace = { readonly crop: RgbImage; readonly landmarks: Landmarks };

/** How a folder is aligned. */
export type AlignFolderOptions = {
  /** Folder with one subfolder an identity. */
  readonly source: string;
  /** Folder for the crops; created if it is missing. */
  readonly out: string;
  readonly detector: FaceDetector;
  readonly target: AlignmentTarget;
  /** Called with each face that this run aligns. */
  readonly onFace?: (face: AlignedFace) => void;
  /** Called with the number of photographs done so far, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the call with the signal's reason after the current photograph; the same call continues it. */
  readonly signal?: CancelSignal;
};

/** Counts of the photographs of a folder. */
export type AlignedFolder = {
  readonly imageCount: number;
  /** Crops in the folder, including those of earlier runs. */
  readonly alignedCount: number;
  /** Photographs in which the detector found no face. */
  readonly noFaceCount: number;
  /** Files that cannot be read or decoded. */
  readonly unreadableCount: number;
  /** The list of photographs without a crop: path, tab, reason. */
  readonly leftOutFile: string;
  /** Files that are not photographs of a person, and why; `describePassedOver` makes a line of them. */
  readonly passedOver: readonly PassedOver[];
};

const LEFT_OUT = "left-out.tsv";
const SETTINGS = "alignment.json";
const NO_FACE = "no face";
/** JPEG quality of crops: the loss is below the noise of most photographs. */
const QUALITY = 95;
/** Photographs that are decoded while the detector runs. */
const READ_AHEAD = 4;

/**
 * Aligns the main face of each photograph ({@link mainFace}). Crops are JPEG files with the photograph's name.
 *
 * @throws {DatasetError} when there are no photographs.
 * @throws {OptionError} when the folder holds crops of other settings.
 */
export async function alignFolder(options: AlignFolderOptions): Promise<AlignedFolder> {
  requireKnownKeys("options of alignFolder", options, {
    source: true,
    out: true,
    detector: true,
    target: true,
    onFace: true,
    onProgress: true,
    signal: true,
  });
  requireFields("options of alignFolder", options, {
    source: "a text",
    out: "a text",
    detector: "an object",
    target: "an object",
  });
  requireFields("detector", options.detector, { detect: "a function" });
  requireFields("target", options.target, { width: "a number", height: "a number", template: "a list" });
  const { source, out, detector, target, onFace = () => {}, onProgress = () => {}, signal } = options;
  const photographs = await openFolder(source);
  const names = cropNames(Array.from({ length: photographs.sampleCount }, (_, i) => photographs.relativePath(i)));
  await mkdir(out, { recursive: true });
  await requireSameSettings(out, JSON.stringify({ detector: detector.name, ...target }));
  const leftOutFile = join(out, LEFT_OUT);
  const leftOut = await readLeftOut(leftOutFile);
  const todo: { readonly index: number; readonly name: string }[] = [];
  for (const [index, name] of names.entries()) {
    if (!leftOut.has(photographs.relativePath(index)) && !(await exists(join(out, name)))) todo.push({ index, name });
  }
  const read = async ({ index }: { readonly index: number }) => decodeImage(await photographs.readBytes(index));
  let done = names.length - todo.length;
  for await (const { item, outcome } of readAhead(todo, read, READ_AHEAD)) {
    const result = await cropOf(outcome, detector, target);
    if (typeof result === "string") {
      const path = photographs.relativePath(item.index);
      leftOut.set(path, result);
      await appendFile(leftOutFile, `${path}\t${result}\n`);
    } else {
      const path = join(out, item.name);
      await mkdir(dirname(path), { recursive: true });
      await writeAtomically(path, [await encodeImage(result.crop, { format: "jpeg", quality: QUALITY })]);
      onFace(result);
    }
    onProgress(++done, names.length);
    signal?.throwIfAborted();
  }
  await photographs.close();
  const noFaceCount = [...leftOut.values()].filter((reason) => reason === NO_FACE).length;
  const alignedCount = names.length - leftOut.size;
  const unreadableCount = leftOut.size - noFaceCount;
  return {
    imageCount: names.length,
    alignedCount,
    noFaceCount,
    unreadableCount,
    leftOutFile,
    passedOver: photographs.passedOver,
  };
}

/** The crop of a photograph, or the reason why it is missing. */
async function cropOf(
  outcome: PromiseSettledResult<RgbImage>,
  detector: FaceDetector,
  target: AlignmentTarget,
): Promise<AlignedFace | string> {
  try {
    if (outcome.status === "rejected") throw outcome.reason;
    const face = mainFace(await detector.detect(outcome.value), outcome.value);
    if (face === undefined) return NO_FACE;
    const { landmarks } = face;
    return { crop: await alignFace(outcome.value, landmarks, target), landmarks };
  } catch (error) {
    if (error instanceof CosfaceError) return error.message;
    throw error;
  }
}

/** `ann/1.png` → `ann/1.jpg`; if a folder has both `1.png` and `1.jpg`, the second keeps its ending: `1.png.jpg`. */
function cropNames(paths: readonly string[]): string[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    const short = path.replace(/\.[^./]*$/, ".jpg");
    const name = taken.has(short) ? `${path}.jpg` : short;
    taken.add(name);
    return name;
  });
}

async function requireSameSettings(out: string, settings: string): Promise<void> {
  const file = join(out, SETTINGS);
  const present = await readFile(file, "utf8").catch(() => undefined);
  if (present === undefined) return writeAtomically(file, [settings]);
  if (present !== settings) {
    throw new OptionError(
      `align: '${out}' holds crops made with another detector, size or template: name another folder`,
    );
  }
}

/** Paths on the list with their reasons. A last line that is incomplete is removed. */
async function readLeftOut(file: string): Promise<Map<string, string>> {
  const text = await readFile(file, "utf8").catch(() => "");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole !== text) await writeFile(file, whole);
  const lines = whole.split("\n").slice(0, -1);
  return new Map(
    lines.map((line) => {
      const [path, reason] = line.split("\t");
      if (path === undefined || reason === undefined) {
        throw new DatasetError(`${LEFT_OUT}: got a line without a tab: remove the file, and run again`);
      }
      return [path, reason];
    }),
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
