/**
 * The face networks of MediaPipe, which the npm package `@mediapipe/face_mesh` (Apache-2.0) carries in one packed
 * file.
 */
import { ModelError } from "../../base/core/index.ts";
import { readBytes, readText } from "../../base/files/index.ts";
import { readTflite, type TfliteNetwork } from "./tflite.ts";

/** Networks of the package that this project reads: BlazeFace for faces near the camera, and the mesh of 468 points. */
export type MediapipeName = "face_detection_short_range" | "face_landmark";

const PACKED = "npm:@mediapipe/face_mesh/face_mesh_solution_packed_assets";

/** Position of a file in the packed one, as the package's loader lists it. */
type PackedFile = { readonly filename: string; readonly start: number; readonly end: number };

/** Reads a network from the installed package. @throws {ModelError} when its files are missing or not as expected. */
export async function loadMediapipe(name: MediapipeName): Promise<TfliteNetwork> {
  try {
    const [, list = "[]"] = /"files": (\[[^\]]*\])/.exec(await readText(`${PACKED}_loader.js`)) ?? [];
    const files = JSON.parse(list) as readonly PackedFile[];
    const file = files.find(({ filename }) => filename.endsWith(`/${name}.tflite`));
    if (file === undefined) throw new ModelError("got a packed file without this network");
    return readTflite((await readBytes(`${PACKED}.data`)).subarray(file.start, file.end));
  } catch (cause) {
    throw new ModelError(`network '${name}' of @mediapipe/face_mesh cannot be read: run npm ci again`, { cause });
  }
}
