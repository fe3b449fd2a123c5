/** Looks for the faces of every photograph of a folder of people, and says what is wrong with the others. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type CancelSignal, DatasetError, FaceError, ImageError } from "../../base/core/index.ts";
import { listPeople } from "../../base/data/index.ts";
import {
  describePassedOver,
  describeReadError,
  type ImageFile,
  isMissing,
  type PassedOver,
} from "../../base/files/index.ts";
import type { EmbeddingsStore, ModelEmbeddings } from "../benchmarks/index.ts";
import { embeddingLength } from "../embedder/index.ts";
import { type FacePipeline, mainFace } from "../face/index.ts";
import { factsKey, grayThumbnail, type ImageFacts, noFace, packFacts, unpackFacts } from "./image-facts.ts";

/** A photograph of a person. Its name and path may hold the person's name: not for logs. */
export type SurveyedImage = ImageFile & {
  /** Index of the person in {@link FolderSurvey.names}. */
  readonly person: number;
  /** Number of the photograph among those of its person, from 1. */
  readonly number: number;
  /** SHA-256 of the file; undefined when it cannot be read. */
  readonly digest: string | undefined;
  /** Undefined when the file cannot be read or decoded. */
  readonly facts: ImageFacts | undefined;
};

/** A folder of people with what was found in each photograph. */
export type FolderSurvey = {
  /** Name of each person's folder, in Unicode's composed form (NFC), sorted. */
  readonly names: readonly string[];
  readonly images: readonly SurveyedImage[];
  /** Files and folders that are not photographs of a person. */
  readonly passedOver: readonly PassedOver[];
};

/** How a folder is surveyed. */
export type SurveyOptions = {
  /** Where facts are kept; undefined to keep none. */
  readonly store: EmbeddingsStore | undefined;
  /** The detector's settings beside its name, which change what it finds. */
  readonly detection: string;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: CancelSignal | undefined;
};

/** Photographs that are computed between two writes to the store. */
const KEPT_TOGETHER = 64;

/**
 * Surveys a folder of people.
 *
 * @throws {DatasetError} when there is no photograph. @throws {FaceError} when no face is found in any.
 */
export async function surveyFolder(root: string, faces: FacePipeline, options: SurveyOptions): Promise<FolderSurvey> {
  const { names, images: byPerson, passedOver } = await listPeople(root);
  const files = byPerson.flatMap((own, person) => own.map((file, i) => ({ ...file, person, number: i + 1 })));
  if (files.length === 0) throw nothingIn(root, passedOver);
  const digests = new Map<string, string>();
  for (const file of files) {
    options.signal?.throwIfAborted();
    const bytes = await readBytes(file).catch(() => undefined);
    if (bytes !== undefined) digests.set(file.name, createHash("sha256").update(bytes).digest("hex"));
  }
  const facts = await factsOf(files, digests, faces, options);
  const images = files.map((file): SurveyedImage => {
    const digest = digests.get(file.name);
    return { ...file, digest, facts: digest === undefined ? undefined : facts.get(digest) };
  });
  if (images.every((image) => (image.facts?.faceCount ?? 0) === 0)) {
    throw new FaceError(`no face in any of ${images.length} photographs: are they the right ones?`);
  }
  return { names, images, passedOver };
}

/** The facts by the digest of the photograph: those kept, and the others computed and kept. */
async function factsOf(
  files: readonly ImageFile[],
  digests: ReadonlyMap<string, string>,
  faces: FacePipeline,
  { store, detection, onProgress, signal }: SurveyOptions,
): Promise<ReadonlyMap<string, ImageFacts>> {
  const size = embeddingLength(faces.embedder.contract);
  const kept = await store?.of(faces.embedder.id);
  const keyOf = (digest: string) => factsKey(digest, `${faces.detector.name} ${detection}`);
  const facts = new Map<string, ImageFacts>();
  const missing = new Map<string, ImageFile>();
  for (const file of files) {
    const digest = digests.get(file.name);
    if (digest === undefined || facts.has(digest) || missing.has(digest)) continue;
    const found = unpackFacts(await kept?.get(keyOf(digest)), size);
    if (found === undefined) missing.set(digest, file);
    else facts.set(digest, found);
  }
  let done = digests.size - missing.size;
  const waiting: { readonly key: string; readonly facts: ImageFacts }[] = [];
  const items = [...missing].map(([digest, file]) => ({ digest, file }));
  try {
    const stream = faces.stream(items, ({ file }) => readBytes(file), {
      choose: (found, image) => [mainFace(found, image)].filter((face) => face !== undefined),
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const { item, ...result } of stream) {
      onProgress(++done, digests.size);
      if (result.error !== undefined) continue;
      const [face] = result.faces;
      const own: ImageFacts =
        face === undefined
          ? noFace(size)
          : {
              faceCount: result.detectedCount,
              embedding: face.embedding,
              landmarks: face.landmarks,
              thumbnail: grayThumbnail(face.crop),
            };
      facts.set(item.digest, own);
      waiting.push({ key: keyOf(item.digest), facts: own });
      if (waiting.length >= KEPT_TOGETHER) await keep(kept, waiting.splice(0));
    }
  } finally {
    await keep(kept, waiting);
  }
  return facts;
}

async function keep(
  kept: ModelEmbeddings | undefined,
  computed: readonly { readonly key: string; readonly facts: ImageFacts }[],
): Promise<void> {
  const rows = computed.map(({ facts }) => packFacts(facts));
  const [first] = rows;
  if (kept === undefined || first === undefined) return;
  const data = new Float32Array(rows.length * first.length);
  for (const [row, numbers] of rows.entries()) data.set(numbers, row * first.length);
  await kept.add(
    computed.map(({ key }) => key),
    { count: rows.length, size: first.length, data },
  );
}

function nothingIn(root: string, passedOver: readonly PassedOver[]): DatasetError {
  if (isMissing(root, passedOver)) return new DatasetError(`${root}: there is no such folder`, { file: root });
  const found = describePassedOver(passedOver, 0) ?? "nothing in it";
  const expected = "expected a folder for each person with images";
  return new DatasetError(`folder of people: got no image (${found}), ${expected}`, { file: root });
}

/** The bytes of a photograph. @throws {ImageError} when it cannot be read. */
export async function readBytes({ path }: ImageFile): Promise<Uint8Array> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new ImageError(describeReadError(cause), { cause });
  });
}
