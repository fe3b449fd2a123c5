/** The face networks of MediaPipe, which the npm package `@mediapipe/face_mesh` (Apache-2.0) carries in one packed file. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ModelError } from "../../base/core/index.ts";
import { readTflite, type TfliteNetwork } from "./tflite.ts";

/** Networks of the package that this project reads: BlazeFace for faces near the camera, and the mesh of 468 points. */
export type MediapipeName = "face_detection_short_range" | "face_landmark";

const PACKED = "face_mesh_solution_packed_assets";

/** Where a file lies in the packed one, as the package's own loader lists it. */
type PackedFile = { readonly filename: string; readonly start: number; readonly end: number };

/** Reads a network from the installed package. @throws {ModelError} when its files are missing or not as expected. */
export async function loadMediapipe(name: MediapipeName): Promise<TfliteNetwork> {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("@mediapipe/face_mesh/package.json"));
    const loader = await readFile(join(folder, `${PACKED}_loader.js`), "utf8");
    const [, list] = /"files": (\[[^\]]*\])/.exec(loader)!;
    const files = JSON.parse(list!) as readonly PackedFile[];
    const { start, end } = files.find(({ filename }) => filename.endsWith(`/${name}.tflite`))!;
    return readTflite((await readFile(join(folder, `${PACKED}.data`))).subarray(start, end));
  } catch (cause) {
    throw new ModelError(`network '${name}' of @mediapipe/face_mesh cannot be read: run npm ci again`, { cause });
  }
}
