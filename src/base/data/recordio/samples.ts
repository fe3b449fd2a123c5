import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DatasetError, textDigest } from "../../core/index.ts";
import { type FaceDataset, faceDataset } from "../face-dataset.ts";
import { decodeImageRecord, recordAt } from "./records.ts";
import { type ByteSource, fileSource } from "./source.ts";

/*
 * InsightFace's training sets. Records have keys, given by `train.idx` (`key\toffset` in each line) or else by their
 * order, from 0. Record 0 without a picture has two labels [A, B]: pictures have the keys 1 … A − 1, and the records
 * A … B − 1 are one for each identity, with the first key of its pictures and the one after the last. Where record 0
 * is a picture, every record is. A picture's label is its record's label, the first one when it has several. The
 * first number in the file `property` is the number of identities.
 */

/** What lies beside a record file: the texts of `train.idx` and `property`, where there are such files. */
export type RecordCompanions = { readonly index?: string | undefined; readonly property?: string | undefined };

/**
 * Opens a `.rec` file. The whole file is run through once, at the speed of the disk, so that a damaged one is known
 * before training starts; an index is used when it is there and not missed when it is not.
 *
 * @throws {DatasetError} for a truncated file (with the byte), a wrong index, a label outside the announced range.
 */
export async function openRecordFile(path: string): Promise<FaceDataset> {
  const source = await fileSource(path, basename(path));
  try {
    const index = await readIfThere(path.replace(/\.rec$/, ".idx"));
    const property = await readIfThere(join(dirname(path), "property"));
    return await recordDataset(source, { index, property });
  } catch (cause) {
    await source.close();
    throw cause;
  }
}

/** The faces of a record file whose bytes come from anywhere. */
export async function recordDataset(source: ByteSource, companions: RecordCompanions = {}): Promise<FaceDataset> {
  const keyOf = companions.index === undefined ? undefined : parseIndex(companions.index, source.name);
  const starts: number[] = [];
  const lengths: number[] = [];
  const keys: number[] = [];
  const labels: number[] = [];
  let announced: { readonly keyEnd: number; readonly identityCount: number } | undefined;
  let ordinal = 0;
  for await (const { start, length, data } of scanRecords(source)) {
    const key = keyOf === undefined ? ordinal : keyOf.get(start);
    keyOf?.delete(start);
    ordinal++;
    if (key === undefined || (announced && key >= announced.keyEnd)) continue;
    const record = decodeImageRecord(data, `${source.name}#${key}`);
    if (key === 0 && record.image.length === 0 && record.labels.length >= 2) {
      announced = { keyEnd: record.labels[0]!, identityCount: record.labels[1]! - record.labels[0]! };
      continue;
    }
    starts.push(start);
    lengths.push(length);
    keys.push(key);
    labels.push(record.labels[0]!);
  }
  for (const [offset, key] of keyOf ?? []) {
    const advice = "delete the index, it is not needed to read the set";
    throw new DatasetError(
      `${source.name}: its index puts key ${key} at byte ${offset}, no record starts there: ${advice}`,
    );
  }
  if (announced && keys.length !== announced.keyEnd - 1) {
    throw new DatasetError(
      `${source.name}: got ${keys.length} images, expected ${announced.keyEnd - 1} as record 0 says`,
    );
  }
  const identityCount = countFromProperty(companions.property) ?? announced?.identityCount ?? maximum(labels) + 1;
  labels.forEach((label, i) => {
    if (Number.isInteger(label) && label >= 0 && label < identityCount) return;
    throw new DatasetError(
      `${source.name}#${keys[i]}: got label ${label}, expected a whole number in [0, ${identityCount})`,
    );
  });

  return faceDataset({
    identityCount,
    labels: Uint32Array.from(labels),
    source: (index) => `${source.name}#${keys[index]}`,
    digest: () => textDigest(keys.map((key, i) => `${key} ${lengths[i]}`)),
    async readBytes(index) {
      const bytes = await source.read(starts[index]!, lengths[index]!);
      const record = recordAt(bytes, 0, { name: source.name, start: starts[index]! });
      if (record === undefined) throw new DatasetError(`${source.name}#${keys[index]}: the file has become shorter`);
      return decodeImageRecord(record.data).image;
    },
    close: () => source.close(),
  });
}

/** Where a record starts and how many bytes it takes in the file, with its data. */
export type ScannedRecord = { readonly start: number; readonly length: number; readonly data: Uint8Array };

/** Every record of a file, in order. @throws {DatasetError} when the last one is cut off. */
export async function* scanRecords(source: ByteSource, windowBytes = 2 ** 22): AsyncGenerator<ScannedRecord, void> {
  let start = 0;
  let wanted = windowBytes;
  while (start < source.size) {
    const window = await source.read(start, wanted);
    let at = 0;
    for (;;) {
      const record = recordAt(window, at, { name: source.name, start });
      if (record === undefined) break;
      yield { start: start + at, length: record.next - at, data: record.data };
      at = record.next;
    }
    if (at === 0 && window.length < wanted) break;
    // A record longer than the window: look again with a longer one.
    wanted = at === 0 ? 2 * wanted : windowBytes;
    start += at;
  }
  if (start < source.size) {
    const rest = `the file has ${source.size} bytes`;
    throw new DatasetError(`${source.name}: truncated: the record at byte ${start} is cut off, ${rest}: copy it again`);
  }
}

/** Keys by the offset of their record. */
function parseIndex(text: string, name: string): Map<number, number> {
  const keyOf = new Map<number, number>();
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    const match = /^(\d+)\s+(\d+)\s*$/.exec(line);
    if (match === null) throw new DatasetError(`index of ${name}, line ${i + 1}: expected a key, a tab and an offset`);
    keyOf.set(Number(match[2]), Number(match[1]));
  });
  return keyOf;
}

function countFromProperty(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text.split(",")[0]);
  if (Number.isInteger(count) && count > 0) return count;
  throw new DatasetError("property: expected text such as '318,112,112': identities, height, width");
}

function maximum(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -1);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}
