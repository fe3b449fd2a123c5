import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError, ImageError } from "../../core/index.ts";
import type { RgbImage } from "../../image/index.ts";
import type { FaceDataset } from "../face-dataset.ts";
import { encodeImageRecord, encodeRecord } from "./records.ts";

/** Bytes gathered before they are written, so that a small image is not a system call. */
const WRITE_BYTES = 2 ** 22;
const NO_IMAGE = new Uint8Array(0);

/**
 * Writes a data set as InsightFace's `train.rec`, `train.idx` and `property` into a folder: images grouped by
 * identity, encoded bytes as they are, then one record for each identity. The files get their names when they are
 * complete; what had those names before is replaced.
 *
 * @throws {DatasetError} for a set without images.
 * @throws {DatasetError} when no image can be decoded; the size of the first one that can goes into `property`.
 */
export async function packDataset(dataset: FaceDataset, outFolder: string): Promise<void> {
  if (dataset.sampleCount === 0) throw new DatasetError("pack: got a data set without images");
  const { width, height } = await firstPicture(dataset);
  await mkdir(outFolder, { recursive: true });
  const names = ["train.rec", "train.idx", "property"] as const;
  const temporary = (name: string): string => join(outFolder, `.${name}.${process.pid}.tmp`);
  try {
    const index = await writeRecords(dataset, temporary("train.rec"));
    await writeFile(temporary("train.idx"), index);
    await writeFile(temporary("property"), `${dataset.identityCount},${height},${width}\n`);
    for (const name of names) await rename(temporary(name), join(outFolder, name));
  } finally {
    for (const name of names) await rm(temporary(name), { force: true });
  }
}

/** The first sample that is a picture. */
async function firstPicture(dataset: FaceDataset): Promise<RgbImage> {
  for (let index = 0; index < dataset.sampleCount; index++) {
    try {
      return (await dataset.read(index)).image;
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
    }
  }
  throw new DatasetError(`pack: got ${dataset.sampleCount} images, none of which can be decoded`);
}

/** Writes the records and gives the text of the index. */
async function writeRecords(dataset: FaceDataset, path: string): Promise<string> {
  const { identityCount, sampleCount, labels } = dataset;
  const order = Array.from({ length: sampleCount }, (_, i) => i).sort((a, b) => labels[a]! - labels[b]! || a - b);
  const firstKey = new Float64Array(identityCount + 1);
  for (const label of labels) firstKey[label + 1]!++;
  firstKey[0] = 1;
  for (let label = 0; label < identityCount; label++) firstKey[label + 1]! += firstKey[label]!;

  const file = await open(path, "w");
  const lines: string[] = [];
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let offset = 0;
  async function flush(): Promise<void> {
    await file.write(Buffer.concat(waiting));
    waiting = [];
    waitingBytes = 0;
  }
  async function append(labelsOfRecord: readonly number[], image: Uint8Array): Promise<void> {
    const key = lines.length;
    const record = encodeRecord(encodeImageRecord({ labels: labelsOfRecord, id: key, image }));
    lines.push(`${key}\t${offset}\n`);
    waiting.push(record);
    waitingBytes += record.length;
    offset += record.length;
    if (waitingBytes >= WRITE_BYTES) await flush();
  }

  try {
    await append([sampleCount + 1, sampleCount + 1 + identityCount], NO_IMAGE);
    for (const index of order) await append([labels[index]!], await dataset.readBytes(index));
    for (let label = 0; label < identityCount; label++)
      await append([firstKey[label]!, firstKey[label + 1]!], NO_IMAGE);
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return lines.join("");
}
