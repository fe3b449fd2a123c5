import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError, ImageError, joinBytes, requireFields, requireKind } from "../../core/index.ts";
import { writeTogether } from "../../files/index.ts";
import type { RgbImage } from "../../image/index.ts";
import type { FaceDataset } from "../face-dataset.ts";
import { encodeImageRecord, encodeRecord } from "./records.ts";

/** Bytes that are gathered before they are written, so that a small image does not cost a system call. */
const WRITE_BYTES = 2 ** 22;
const NO_IMAGE = new Uint8Array(0);

/**
 * Writes a data set as InsightFace's `train.rec`, `train.idx` and `property` into a folder: images grouped by
 * identity, encoded bytes unchanged, then one record for each identity. The files get their names when all of them are
 * complete, and replace files of those names.
 *
 * @throws {DatasetError} for a set without images, or without an image that can be decoded: the size of the first one
 *   that can goes into `property`.
 */
export async function packDataset(dataset: FaceDataset, outFolder: string): Promise<void> {
  requireFields("data set", dataset, { identityCount: "a number", sampleCount: "a number", readBytes: "a function" });
  requireKind("folder", outFolder, "a text");
  if (dataset.sampleCount === 0) throw new DatasetError("pack: got a data set without images");
  const { width, height } = await firstImage(dataset);
  await mkdir(outFolder, { recursive: true });
  const index: string[] = [];
  await writeTogether([
    { path: join(outFolder, "train.rec"), parts: inLargeParts(recordsOf(dataset, index)) },
    { path: join(outFolder, "train.idx"), parts: index },
    { path: join(outFolder, "property"), parts: [`${dataset.identityCount},${height},${width}\n`] },
  ]);
}

/** The first sample that can be decoded. */
async function firstImage(dataset: FaceDataset): Promise<RgbImage> {
  for (let index = 0; index < dataset.sampleCount; index++) {
    try {
      return (await dataset.read(index)).image;
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
    }
  }
  throw new DatasetError(`pack: got ${dataset.sampleCount} images, none of which can be decoded`);
}

/** Yields the records, and adds a line to the index for each. */
async function* recordsOf(dataset: FaceDataset, index: string[]): AsyncGenerator<Uint8Array, void> {
  const { identityCount, sampleCount, labels } = dataset;
  let offset = 0;
  const encode = (labelsOfRecord: readonly number[], image: Uint8Array): Uint8Array => {
    const key = index.length;
    const record = encodeRecord(encodeImageRecord({ labels: labelsOfRecord, id: key, image }));
    index.push(`${key}\t${offset}\n`);
    offset += record.length;
    return record;
  };
  yield encode([sampleCount + 1, sampleCount + 1 + identityCount], NO_IMAGE);
  const samples = Array.from(labels, (label, i) => ({ label, i })).sort((a, b) => a.label - b.label || a.i - b.i);
  const counts = new Map<number, number>();
  for (const { label, i } of samples) {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    yield encode([label], await dataset.readBytes(i));
  }
  let key = 1;
  for (let label = 0; label < identityCount; label++) {
    const end = key + (counts.get(label) ?? 0);
    yield encode([key, end], NO_IMAGE);
    key = end;
  }
}

async function* inLargeParts(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let waiting: Uint8Array[] = [];
  let byteCount = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    byteCount += piece.length;
    if (byteCount < WRITE_BYTES) continue;
    yield joinBytes(waiting);
    waiting = [];
    byteCount = 0;
  }
  yield joinBytes(waiting);
}
