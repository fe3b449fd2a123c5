/**
 * A folder of photographs → a folder of aligned crops with the same names, which `openFolder` reads as a data set.
 *
 * Each crop gets its name when it is complete, and each photograph that gives none is put on a list, so a run that is
 * broken off goes on where it was. What the crops were made with lies beside them; a run with other settings is refused.
 */
import { appendFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CancelSignal, CosfaceError, DatasetError, OptionError } from "../../base/core/index.ts";
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

/** What is aligned, and how. */
export type AlignFolderOptions = {
  /** Folder with one subfolder an identity. */
  readonly source: string;
  /** Folder for the crops; made if it is missing. */
  readonly out: string;
  readonly detector: FaceDetector;
  readonly target: AlignmentTarget;
  /** Called with each face that is aligned, not with those of earlier runs. */
  readonly onFace?: (face: AlignedFace) => void;
  /** Called with the number of photographs done so far, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the call with the signal's reason after the photograph at hand; the next call continues. */
  readonly signal?: CancelSignal;
};

/** What became of the photographs of a folder. */
export type AlignedFolder = {
  readonly imageCount: number;
  /** Crops in the folder, those of earlier runs among them. */
  readonly alignedCount: number;
  /** Photographs without a face for the detector. */
  readonly noFaceCount: number;
  /** Files that are no pictures. */
  readonly unreadableCount: number;
  /** The list of those without a crop: path, tab, reason. */
  readonly leftOutFile: string;
  /** Files and folders of the source that are not photographs of a person, and why. */
  readonly passedOver: readonly PassedOver[];
};

const LEFT_OUT = "left-out.tsv";
const SETTINGS = "alignment.json";
const NO_FACE = "no face";
/** JPEG quality of crops: what is lost lies below the noise of most photographs. */
const QUALITY = 95;
/** Photographs that are decoded while the detector runs. */
const READ_AHEAD = 4;

/**
 * Aligns the main face of each photograph ({@link mainFace}). Crops are JPEG files with the photograph's name.
 *
 * @throws {DatasetError} when there are no photographs.
 * @throws {OptionError} when the folder holds crops that were made with other settings.
 */
export async function alignFolder(options: AlignFolderOptions): Promise<AlignedFolder> {
  const { source, out, detector, target, onFace = () => {}, onProgress = () => {}, signal } = options;
  const photographs = await openFolder(source);
  const names = cropNames(Array.from({ length: photographs.sampleCount }, (_, i) => photographs.relativePath(i)));
  await mkdir(out, { recursive: true });
  await requireSameSettings(out, JSON.stringify({ detector: detector.name, ...target }));
  const leftOutFile = join(out, LEFT_OUT);
  const leftOut = await readLeftOut(leftOutFile);
  const todo: number[] = [];
  for (const [index, name] of names.entries()) {
    if (!leftOut.has(photographs.relativePath(index)) && !(await exists(join(out, name)))) todo.push(index);
  }
  const read = async (index: number) => decodeImage(await photographs.readBytes(index));
  let done = names.length - todo.length;
  for await (const { item: index, outcome } of readAhead(todo, read, READ_AHEAD)) {
    const result = await cropOf(outcome, detector, target);
    if (typeof result === "string") {
      const path = photographs.relativePath(index);
      leftOut.set(path, result);
      await appendFile(leftOutFile, `${path}\t${result}\n`);
    } else {
      const path = join(out, names[index]!);
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

/** The face of a photograph, or why it has none. */
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

/** `ann/1.png` → `ann/1.jpg`; where a folder has both `1.png` and `1.jpg`, the second keeps its ending: `1.png.jpg`. */
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

/** Paths on the list with their reasons. A last line that is not complete is taken off. */
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
