import { DatasetError, ofFile, textDigest } from "../../core/index.ts";
import { fileKind, type PassedOver } from "../../files/index.ts";
import { type FaceDataset, faceDataset } from "../face-dataset.ts";
import { decodeImageRecord, recordAt, startsRecord } from "./records.ts";
import { type ByteSource, fileSource, readCompanions } from "./source.ts";

/*
 * InsightFace's training sets. Records have keys: from `train.idx` (`key\toffset` in each line), or else their order,
 * from 0. If record 0 has no image, it has two labels [A, B]: images have the keys 1 … A − 1, and the records A
 * … B − 1 are one for each identity, with the first key of its images and the key after the last. If record 0 is
 * an image, every record is one. An image's label is its record's label, or the first one of several. The first number
 * in the file `property` is the number of identities.
 */

/** Texts beside a record file: `train.idx` and `property`, where there are such files. */
export type RecordCompanions = { readonly index?: string | undefined; readonly property?: string | undefined };

/** Most identities: labels are stored as f32, which counts whole numbers up to here. */
const MOST_IDENTITIES = 2 ** 24;

/**
 * Opens a `.rec` file. The whole file is scanned once, at the speed of the disk, so that damage is found before
 * training starts. An index is used if there is one, and not needed.
 *
 * @throws {DatasetError} for a truncated file (with the byte), a wrong index, a label outside the announced range.
 */
export async function openRecordFile(path: string): Promise<FaceDataset> {
  return ofFile(path, async () => {
    const source = await fileSource(path);
    try {
      await requireRecords(source);
      return await recordDataset(source, await readCompanions(path));
    } catch (cause) {
      await source.close();
      throw cause;
    }
  });
}

/** Bytes by which a file of another kind is recognized. */
const KIND_BYTES = 4096;

/** @throws {DatasetError} for a file of another kind, which it names. */
async function requireRecords(source: ByteSource): Promise<void> {
  const start = await source.read(0, KIND_BYTES);
  if (start.length === 0 || startsRecord(start)) return;
  throw new DatasetError(
    `${source.name}: got a file of another kind (${fileKind(start)}), expected a .rec file, as cosface pack and InsightFace write it`,
  );
}

/** An image in a record file. */
type RecordSample = {
  readonly key: number;
  readonly label: number;
  readonly start: number;
  readonly length: number;
};

/** The faces of a record file whose bytes come from anywhere. */
export async function recordDataset(source: ByteSource, companions: RecordCompanions = {}): Promise<FaceDataset> {
  const { name } = source;
  const keyOf = companions.index === undefined ? undefined : parseIndex(companions.index, name);
  const samples: RecordSample[] = [];
  const passedOver: PassedOver[] = [];
  let announced: { readonly keyEnd: number; readonly identityCount: number } | undefined;
  let ordinal = 0;
  for await (const { start, length, data } of scanRecords(source)) {
    const key = keyOf === undefined ? ordinal : keyOf.get(start);
    keyOf?.delete(start);
    ordinal++;
    if (key === undefined) {
      passedOver.push({ name: `${name}, byte ${start}`, reason: "record that the index does not list" });
      // The first record says what the others are, whether or not the index lists it.
      if (start > 0) continue;
    }
    if (key !== undefined && announced && key >= announced.keyEnd) continue;
    const { labels, image } = decodeImageRecord(data, key === undefined ? name : `${name}#${key}`);
    const [label = Number.NaN, second] = labels;
    const isAboutIdentities = image.length === 0 && second !== undefined;
    if (isAboutIdentities && (key === 0 || start === 0)) {
      announced = { keyEnd: label, identityCount: second - label };
    } else if (isAboutIdentities) {
      passedOver.push({ name: `${name}, byte ${start}`, reason: "record of an identity, where none was announced" });
    } else if (key !== undefined) {
      samples.push({ key, label, start, length });
    }
  }
  const advice = "delete the index, it is not needed to read the set";
  for (const [offset, key] of keyOf ?? []) {
    throw new DatasetError(`${name}: its index puts key ${key} at byte ${offset}, no record starts there: ${advice}`);
  }
  if (announced && samples.length !== announced.keyEnd - 1) {
    const reason = passedOver.length > 0 ? `; the index lacks ${passedOver.length} records: ${advice}` : "";
    throw new DatasetError(
      `${name}: got ${samples.length} images, expected ${announced.keyEnd - 1} as record 0 says${reason}`,
    );
  }
  const highest = samples.reduce((most, { label }) => Math.max(most, label), -1);
  const identityCount = countFromProperty(companions.property) ?? announced?.identityCount ?? highest + 1;
  for (const { key, label } of samples) {
    if (Number.isInteger(label) && label >= 0 && label < identityCount) continue;
    throw new DatasetError(`${name}#${key}: got label ${label}, expected a whole number in [0, ${identityCount})`);
  }
  if (!Number.isInteger(identityCount) || identityCount > MOST_IDENTITIES) {
    throw new DatasetError(
      `${name}: got ${identityCount} identities, expected a whole number up to ${MOST_IDENTITIES}`,
    );
  }
  const sampleAt = (index: number): RecordSample => {
    const sample = samples[index];
    if (sample !== undefined) return sample;
    throw new DatasetError(`${name}: got sample ${index}, expected less than ${samples.length}`);
  };

  return faceDataset({
    identityCount,
    labels: Uint32Array.from(samples, ({ label }) => label),
    passedOver,
    source: (index) => `${name}#${sampleAt(index).key}`,
    digest: () => textDigest(samples.map(({ key, length }) => `${key} ${length}`)),
    async readBytes(index) {
      const { key, start, length } = sampleAt(index);
      const record = recordAt(await source.read(start, length), 0, { name, start });
      if (record === undefined) throw new DatasetError(`${name}#${key}: the file has become shorter`);
      return decodeImageRecord(record.data).image;
    },
    close: () => source.close(),
  });
}

/** Position and size of a record in the file, in bytes, with its data. */
export type ScannedRecord = { readonly start: number; readonly length: number; readonly data: Uint8Array };

/** Yields every record of a file, in order. @throws {DatasetError} when the last one is cut off. */
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
    // For a record longer than the window, read again with a larger one.
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
