import { stat } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError, requireKind } from "../core/index.ts";
import type { FaceDataset } from "./face-dataset.ts";
import { openFolder } from "./folder/samples.ts";
import { openRecordFile } from "./recordio/samples.ts";

/**
 * Opens labeled faces: a `.rec` file, a folder that holds `train.rec`, or a folder with one folder for each identity.
 *
 * @throws {DatasetError} when the path leads to none of these, or the files are damaged.
 */
export async function openDataset(path: string): Promise<FaceDataset> {
  requireKind("path", path, "a text");
  const kind = await kindOf(path);
  if (kind === "file") {
    if (path.endsWith(".rec")) return openRecordFile(path);
    throw new DatasetError(`data set: got a file that does not end in .rec, expected a .rec file or a folder`);
  }
  if (kind === "folder") {
    const inside = join(path, "train.rec");
    return (await kindOf(inside)) === "file" ? openRecordFile(inside) : openFolder(path);
  }
  throw new DatasetError(`data set: nothing at '${path}', expected a .rec file or a folder with one folder a person`);
}

async function kindOf(path: string): Promise<"file" | "folder" | "missing"> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return "missing";
  return found.isDirectory() ? "folder" : "file";
}
