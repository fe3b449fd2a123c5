/**
 * A folder of known people, one subfolder a person, as embeddings. Each photograph counts with its main face
 * (`mainFace`). Embeddings are kept in a hidden file of the folder (kept-embeddings.ts), so that the next call embeds
 * new photographs alone.
 */

import { readFile } from "node:fs/promises";
import {
  type CancelSignal,
  DatasetError,
  FaceError,
  ImageError,
  requireKind,
  requireKnownKeys,
} from "../../base/core/index.ts";
import { listPeople } from "../../base/data/index.ts";
import {
  describePassedOver,
  describeReadError,
  type ImageFile,
  isMissing,
  type PassedOver,
} from "../../base/files/index.ts";
import type { LabeledEmbeddings } from "../../measure/eval/index.ts";
import { embeddingLength } from "../embedder/index.ts";
import { type FacePipeline, mainFace } from "../face/index.ts";
import { digestOf, keepEmbeddings, readEmbeddings, tidyOtherModels } from "./kept-embeddings.ts";
import { requireFaces } from "./use-faces.ts";

/** A photograph without an embedding, relative to its folder, and why. */
export type SkippedPhotograph = { readonly file: string; readonly reason: string };

/** Faces of a folder, a row each; identities are indices into `names`. */
export type FolderFaces = LabeledEmbeddings & {
  /** Name of each person's folder, whether or not a face was found in it; in Unicode's composed form (NFC). */
  readonly names: readonly string[];
  /** Photograph of each row, relative to the folder. */
  readonly files: readonly string[];
  /** SHA-256 of each row's photograph, in hexadecimal digits. */
  readonly digests: readonly string[];
  /** Photographs without an embedding, and why. */
  readonly skipped: readonly SkippedPhotograph[];
  /** Files and folders that are not photographs of a person, and why; `describePassedOver` makes a line of them. */
  readonly passedOver: readonly PassedOver[];
};

/** How a folder is embedded. */
export type EmbedFolderOptions = {
  /** Keep embeddings in the folder, and use those kept; default true. */
  readonly cache?: boolean;
  /** Called with the number of photographs done so far, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the call with the signal's reason; embeddings computed until then are kept. */
  readonly signal?: CancelSignal;
};

/**
 * Embeds the main face of each photograph below a folder. In a folder that cannot be written, nothing is kept.
 *
 * @throws {DatasetError} when there is no photograph.
 * @throws {FaceError} when no face is found in any.
 */
export async function embedFolder(
  root: string,
  pipeline: FacePipeline,
  options: EmbedFolderOptions = {},
): Promise<FolderFaces> {
  requireKind("folder", root, "a text");
  requireFaces(pipeline);
  requireKnownKeys("options of embedFolder", options, { cache: true, onProgress: true, signal: true });
  const faces = await embedPhotographs(root, pipeline, options);
  const { files, passedOver, skipped } = faces;
  if (files.length > 0) return faces;
  if (skipped.length > 0) {
    throw new FaceError(`no face in any of ${skipped.length} photographs: are they the right ones?`);
  }
  if (isMissing(root, passedOver)) throw new DatasetError(`${root}: there is no such folder`, { file: root });
  const found = describePassedOver(passedOver, 0) ?? "nothing in it";
  throw new DatasetError(`folder of people: got no image (${found}), expected a folder for each person with images`, {
    file: root,
  });
}

/** A photograph of the folder: its person's label, and the digest of its bytes. */
type Photograph = ImageFile & { readonly label: number; readonly digest: string };

/** As {@link embedFolder}, and returns no rows when there is no photograph, or no face on any. */
export async function embedPhotographs(
  root: string,
  pipeline: FacePipeline,
  { cache = true, onProgress = () => {}, signal }: EmbedFolderOptions = {},
): Promise<FolderFaces> {
  const { names, images, passedOver } = await listPeople(root);
  const { embedder, detector } = pipeline;
  const size = embeddingLength(embedder.contract);
  const photographs: Photograph[] = [];
  const skipped: SkippedPhotograph[] = [];
  for (const [label, files] of images.entries()) {
    for (const file of files) {
      signal?.throwIfAborted();
      try {
        photographs.push({ ...file, label, digest: digestOf(await readBytes(file)) });
      } catch (error) {
        // A file that has vanished since it was listed, or that this user may not open.
        if (!(error instanceof ImageError)) throw error;
        skipped.push({ file: file.name, reason: error.message });
      }
    }
  }
  const kept = cache ? await readEmbeddings(root, pipeline, size) : new Map<string, Float32Array>();
  const known = new Map<string, Float32Array>();
  for (const { digest } of photographs) {
    const embedding = kept.get(digest);
    if (embedding !== undefined) known.set(digest, embedding);
  }
  const missing = photographs.filter(({ digest }) => !known.has(digest));
  const total = photographs.length + skipped.length;
  let done = total - missing.length;
  const isChanged = missing.length > 0 || kept.size > known.size || known.size === 0;
  try {
    const stream = pipeline.stream(missing, readBytes, {
      choose: (faces, image) => [mainFace(faces, image)].filter((face) => face !== undefined),
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const { item, ...result } of stream) {
      const [face] = result.error === undefined ? result.faces : [];
      if (face !== undefined) known.set(item.digest, face.embedding);
      else skipped.push({ file: item.name, reason: result.error?.message ?? "no face" });
      onProgress(++done, total);
    }
  } finally {
    if (cache && isChanged) await keepEmbeddings(root, { embedder, detector }, known);
    if (cache) await tidyOtherModels(root, { embedder }, new Set(photographs.map(({ digest }) => digest)));
  }
  const rows = photographs.flatMap((photograph) => {
    const embedding = known.get(photograph.digest);
    return embedding === undefined ? [] : [{ ...photograph, embedding }];
  });
  const data = new Float32Array(rows.length * size);
  for (const [row, { embedding }] of rows.entries()) data.set(embedding, row * size);
  return {
    embeddings: { count: rows.length, size, data },
    identities: rows.map(({ label }) => label),
    names,
    files: rows.map(({ name }) => name),
    digests: rows.map(({ digest }) => digest),
    skipped,
    passedOver,
  };
}

async function readBytes({ path }: ImageFile): Promise<Uint8Array> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new ImageError(describeReadError(cause), { cause });
  });
}
