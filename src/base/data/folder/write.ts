import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { DatasetError, requireKind } from "../../core/index.ts";
import { imageFormat } from "../../image/index.ts";
import type { FaceDataset } from "../face-dataset.ts";
import { openRecordFile } from "../recordio/samples.ts";

/**
 * Writes the images of a `.rec` file as a folder for each identity, `00012/000003.jpg`: encoded bytes unchanged,
 * numbers from 0, so that opening the folder gives the same labels if every identity has images. The folder gets its
 * name when it is complete.
 *
 * @throws {DatasetError} when the folder exists and holds something, or the `.rec` file is damaged.
 */
export async function unpackDataset(recordFile: string, outFolder: string): Promise<void> {
  requireKind("record file", recordFile, "a text");
  requireKind("folder", outFolder, "a text");
  const present = await readdir(outFolder).catch((): string[] => []);
  if (present.length > 0) throw new DatasetError("unpack: the output folder is not empty: name a new one");
  const dataset = await openRecordFile(recordFile);
  const target = resolve(outFolder);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    await writeFolder(dataset, temporary);
    await rm(target, { recursive: true, force: true });
    await rename(temporary, target);
  } finally {
    await dataset.close();
    await rm(temporary, { recursive: true, force: true });
  }
}

async function writeFolder(dataset: FaceDataset, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const written = new Map<number, number>();
  for (const [index, label] of dataset.labels.entries()) {
    const number = written.get(label) ?? 0;
    written.set(label, number + 1);
    const person = join(folder, String(label).padStart(5, "0"));
    if (number === 0) await mkdir(person);
    const bytes = await dataset.readBytes(index);
    await writeFile(join(person, `${String(number).padStart(6, "0")}.${ending(bytes)}`), bytes);
  }
}

/** Bytes in an unknown format get an image's ending, so that readers find them and count them as damaged. */
function ending(bytes: Uint8Array): string {
  const format = imageFormat(bytes) ?? "jpeg";
  return format === "jpeg" ? "jpg" : format;
}
