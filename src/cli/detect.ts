import { mkdir, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { Command } from "commander";
import { CosfaceError, OptionError } from "../core/index.ts";
import { type DetectedFace, detectorNames, drawFaces, openDetector } from "../face/index.ts";
import { encodeImage, type RgbImage } from "../image/index.ts";
import { findModel } from "../models/index.ts";
import { parseNumber } from "./arguments.ts";
import { addSessionOptions, given, type SessionFlags, sessionOptions } from "./face-options.ts";
import { listImages, readImage } from "./image-inputs.ts";
import { fail, note, print, printJson } from "./output.ts";

type Flags = SessionFlags & {
  detector: string;
  draw?: string;
  minimumScore?: number;
  smallestFace?: number;
  json?: boolean;
};

/** Exit codes: a face in every picture, a picture without one, a picture that cannot be read. */
const [ALL_WITH_FACES, SOME_WITHOUT, FAILED] = [0, 1, 2] as const;

export function detectCommand(): Command {
  const command = new Command("detect")
    .argument("<images...>", "pictures, folders of pictures, or - for a picture on standard input")
    .option(
      "--detector <model>",
      `${detectorNames.join(", ")}, a pulled model, the ONNX file of YuNet or SCRFD, or the manifest of MTCNN's weights`,
      findModel,
      "default",
    )
    .option("--minimum-score <x>", "leave out faces with a lower score; default: what suits the detector", parseNumber)
    .option(
      "--draw <path>",
      "write the picture with its faces drawn: a .jpg or .png, or a folder for several pictures",
    );
  return addSessionOptions(command)
    .option("--json", "print JSON: { faces } for one picture, a line { image, faces } each for several")
    .addHelpText(
      "after",
      `
Boxes and landmarks are in pixels of the upright picture, best face first. The
landmarks are left eye, right eye, tip of the nose, left and right corner of the
mouth, as seen in the picture. A score compares faces of one detector; it is no
probability.

Exit codes: 0 a face in every picture, 1 a picture without a face, 2 an error.

Examples:
  cosface detect party.jpg --draw faces.png
  cosface detect photos/ --json > faces.jsonl
  cosface detect - --json --detector yunet.onnx < photo.jpg`,
    )
    .action((paths: string[], flags: Flags) => runDetect(paths, flags).catch((error) => fail(error, FAILED)));
}

async function runDetect(paths: readonly string[], flags: Flags): Promise<void> {
  const { detector: source, minimumScore, smallestFace, draw, json } = flags;
  const images = await listImages(paths);
  const isOne = images.length === 1;
  if (draw !== undefined && isOne) drawingFormat(draw);
  const detector = await openDetector(source, { ...sessionOptions(flags), ...given({ minimumScore, smallestFace }) });
  let exitCode: number = ALL_WITH_FACES;
  try {
    for (const path of images) {
      try {
        const image = await readImage(path);
        const faces = await detector.detect(image);
        if (faces.length === 0) exitCode = Math.max(exitCode, SOME_WITHOUT);
        if (draw !== undefined) await writeDrawing(isOne ? draw : join(draw, drawingName(path)), image, faces);
        if (!json) print(...describe(path, faces));
        else if (isOne) printJson({ faces });
        else print(JSON.stringify({ image: path, faces }));
      } catch (error) {
        if (isOne || !(error instanceof CosfaceError)) throw error;
        note(`error: ${path}: ${error.message}`);
        exitCode = FAILED;
      }
    }
  } finally {
    await detector.close();
  }
  process.exitCode = exitCode;
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

/** What a picture is called in the folder of drawings: its whole path, since names repeat from folder to folder. */
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
