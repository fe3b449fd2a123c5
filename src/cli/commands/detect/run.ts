import { mkdir, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { CosfaceError, OptionError } from "../../../base/core/index.ts";
import { encodeImage, type RgbImage } from "../../../base/image/index.ts";
import { type DetectedFace, drawFaces, openDetector, readPhotograph } from "../../../faces/face/index.ts";
import { findModel } from "../../../faces/models/index.ts";
import { ERROR, NEGATIVE, POSITIVE } from "../../exit-codes.ts";
import { given } from "../../given.ts";
import { listImages, photographOf } from "../../image-inputs.ts";
import { interruption } from "../../interruption.ts";
import { noteError, print, printJson, progress } from "../../output.ts";
import { sessionOptionsOf } from "../../recognition.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, paths: readonly string[]): Promise<number> {
  const { detector: source, minimumScore, smallestFace, draw, json } = flags;
  const { files } = await listImages(paths);
  const isOne = files.length === 1;
  if (draw !== undefined && isOne) drawingFormat(draw);
  const { signal } = interruption("stopping after this image");
  const detector = await openDetector(findModel(source), {
    ...sessionOptionsOf(flags),
    ...given({ minimumScore, smallestFace }),
  });
  let exitCode: number = POSITIVE;
  try {
    for (const [done, path] of files.entries()) {
      signal.throwIfAborted();
      progress(`${done} of ${files.length} images`);
      try {
        const image = await readPhotograph(await photographOf(path));
        const faces = await detector.detect(image);
        if (faces.length === 0) exitCode = Math.max(exitCode, NEGATIVE);
        if (draw !== undefined) await writeDrawing(isOne ? draw : join(draw, drawingName(path)), image, faces);
        if (!json) print(...describe(path, faces));
        else if (isOne) printJson({ faces });
        else print(JSON.stringify({ image: path, faces }));
      } catch (error) {
        if (isOne || !(error instanceof CosfaceError)) throw error;
        noteError(error, path);
        exitCode = ERROR;
      }
    }
  } finally {
    await detector.close();
  }
  return exitCode;
}

function describe(path: string, faces: readonly DetectedFace[]): string[] {
  if (faces.length === 0) return [`${path}: no face`];
  return faces.map(({ box, score }) => {
    const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(Math.round);
    return `${path}: face of ${width}×${height} at ${x},${y}, score ${score.toFixed(3)}`;
  });
}

async function writeDrawing(path: string, image: RgbImage, faces: readonly DetectedFace[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await encodeImage(drawFaces(image, faces), { format: drawingFormat(path) }));
}

/** The name of an image in the folder of drawings: its whole path, since names repeat from folder to folder. */
function drawingName(path: string): string {
  const parts = path.slice(0, path.length - extname(path).length).split(/[\\/]+/);
  return `${path === "-" ? "stdin" : parts.filter((part) => !/^(?:\.{0,2}|.:)$/.test(part)).join("_")}.png`;
}

function drawingFormat(path: string): "jpeg" | "png" {
  const ending = extname(path).toLowerCase();
  if (ending === ".png") return "png";
  if (ending === ".jpg" || ending === ".jpeg") return "jpeg";
  throw new OptionError(`--draw: got '${path}', expected a name that ends in .jpg or .png`);
}
