/**
 * Feature files of MegaFace's devkit, one for each photograph. A `.bin` file has four i32 (rows, which is the length;
 * columns, 1; bytes of a number, 4; and 5, OpenCV's code of f32), then f32; a `.npy` file is numpy's. The file of
 * `a/b.jpg` is `a/b.jpg_NETWORK.bin`, or `a/b.npy`: the ending is the same for all and is found at the first.
 */
import { DatasetError, requireFields, requireKind } from "../core/index.ts";
import { describeReadError, readBytes } from "../files/index.ts";
import { namesInFolder } from "./folder-names.ts";
import { type MegaFaceList, stem } from "./megaface-lists.ts";
import { parseNpy } from "./npy.ts";

/** Features of the photographs of a list, a row each. */
export type MegaFaceFeatures = { readonly count: number; readonly size: number; readonly data: Float32Array };

/** Files that are read at once. */
const CHUNK = 64;

/**
 * Reads the feature of each photograph of a list.
 *
 * @param folder the folder that the list's paths are relative to.
 * @throws {DatasetError} with the list's entry whose feature is missing, damaged or of another length.
 */
export async function readMegaFaceFeatures(
  folder: string,
  list: MegaFaceList,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<MegaFaceFeatures> {
  requireKind("folder", folder, "a text");
  requireFields("list", list, { name: "a text", paths: "a list" });
  const { name, paths } = list;
  const fileOf = await featureFiles(folder, list);
  let [size, data] = [0, new Float32Array(0)];
  for (let start = 0; start < paths.length; start += CHUNK) {
    const part = paths.slice(start, start + CHUNK);
    const features = await Promise.all(part.map((path, i) => readFeature(fileOf(path), `${name}, path ${start + i}`)));
    for (const [i, feature] of features.entries()) {
      if (start + i === 0) [size, data] = [feature.length, new Float32Array(paths.length * feature.length)];
      if (feature.length !== size) {
        throw new DatasetError(
          `${name}, path ${start + i}: got a feature of ${feature.length} numbers, expected ${size} as the first has`,
        );
      }
      data.set(feature, (start + i) * size);
    }
    onProgress(start + part.length, paths.length);
  }
  return { count: paths.length, size, data };
}

/** The path of the feature file of each photograph, by the pattern of the first one's. */
async function featureFiles(folder: string, { name, paths }: MegaFaceList): Promise<(path: string) => string> {
  const [first = ""] = paths;
  const base = first.replace(/^.*\//, "");
  const inside = await namesInFolder(`${folder}/${first.slice(0, first.length - base.length)}`);
  const endings = (start: string, pattern: RegExp) =>
    inside.flatMap((file) =>
      file.startsWith(start) && pattern.test(file.slice(start.length)) ? [file.slice(start.length)] : [],
    );
  const appended = endings(base, /^[^/]*\.(bin|npy)$/);
  const replaced = stem(base) === base ? [] : endings(stem(base), /^(\.npy|\.bin|_[^/.]*\.(bin|npy))$/);
  const [ending, ...others] = appended.length > 0 ? appended : replaced;
  if (ending === undefined || others.length > 0) {
    const got = ending === undefined ? "no feature file" : `${1 + others.length} feature files`;
    throw new DatasetError(
      `${name}, path 0: got ${got}, expected one: the photograph's name with an ending such as _network.bin or .npy`,
    );
  }
  const isAppended = appended.length > 0;
  return (path) => `${folder}/${isAppended ? path : stem(path)}${ending}`;
}

async function readFeature(path: string, where: string): Promise<Float32Array> {
  const bytes = await readBytes(path).catch((cause: { readonly code?: string }) => {
    throw new DatasetError(`${where}: ${describeReadError(cause)}: expected its feature`);
  });
  const feature = path.endsWith(".npy") ? parseNpy(bytes, where).data : parseFeatureBin(bytes, where);
  const bad = feature.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new DatasetError(`${where}: got ${feature[bad]} as number ${bad}, expected finite numbers`);
  return feature;
}

const HEADER_BYTES = 16;

/**
 * The numbers of a `.bin` file.
 *
 * @param where the file, for messages.
 * @throws {DatasetError} when the header or the length does not fit.
 */
export function parseFeatureBin(bytes: Uint8Array, where: string): Float32Array {
  if (bytes.length < HEADER_BYTES) {
    throw new DatasetError(`${where}: truncated: got ${bytes.length} bytes, expected a header of ${HEADER_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [rows, columns, elementSize, type] = [0, 4, 8, 12].map((at) => view.getInt32(at, true));
  if (rows === undefined || rows < 1 || columns !== 1 || elementSize !== 4 || type !== 5) {
    const got = [rows, columns, elementSize, type].join(", ");
    throw new DatasetError(`${where}: got the header ${got}, expected the length, 1, 4 and 5`);
  }
  const expected = HEADER_BYTES + 4 * rows;
  if (bytes.length !== expected) {
    throw new DatasetError(`${where}: got ${bytes.length} bytes, expected ${expected} for ${rows} numbers`);
  }
  return Float32Array.from({ length: rows }, (_, i) => view.getFloat32(HEADER_BYTES + 4 * i, true));
}
