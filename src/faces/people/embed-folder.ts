/**
 * A folder of known people, one subfolder a person, as embeddings. Each photograph counts with its main face
 * (`mainFace`). Embeddings are kept in a hidden file of the folder, by the SHA-256 of each photograph, so that the next
 * call embeds new photographs alone. Embeddings are biometric data: the file lies with the photographs, can be read by
 * its owner alone, and holds only what the folder holds now.
 */
import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CancelSignal, DatasetError, FaceError, ImageError } from "../../base/core/index.ts";
import { listPeople } from "../../base/data/index.ts";
import {
  describePassedOver,
  describeReadError,
  type ImageFile,
  isMissing,
  type PassedOver,
  writeAtomically,
} from "../../base/files/index.ts";
import type { LabeledEmbeddings } from "../../measure/eval/index.ts";
import { embeddingLength } from "../embedder/index.ts";
import { type FacePipeline, mainFace } from "../face/index.ts";

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
  const isChanged = missing.length > 0 || kept.size > known.size;
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

/** SHA-256 in hexadecimal digits. */
export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The file as JSON: base64 of f32 numbers by the base64url of a photograph's SHA-256. */
type Kept = { readonly detector: string; readonly faces: { readonly [digest: string]: string } };

function keptFile(root: string, { embedder }: Pick<FacePipeline, "embedder">): string {
  return join(root, `.cosface-${embedder.id}.json`);
}

/** A file that is missing, damaged or of another detector counts as empty: embedding again costs only time. */
async function readEmbeddings(root: string, pipeline: FacePipeline, size: number): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  const text = await readFile(keptFile(root, pipeline), "utf8").catch(() => undefined);
  const kept = text === undefined ? undefined : parseKept(text);
  if (kept?.detector !== pipeline.detector.name) return found;
  for (const [digest, base64] of Object.entries(kept.faces)) {
    if (typeof base64 !== "string") continue;
    const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
    if (bytes.length !== 4 * size) continue;
    const embedding = new Float32Array(bytes.buffer);
    if (embedding.every(Number.isFinite)) found.set(Buffer.from(digest, "base64url").toString("hex"), embedding);
  }
  return found;
}

function parseKept(text: string): Kept | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isKept =
    typeof value === "object" &&
    value !== null &&
    "detector" in value &&
    "faces" in value &&
    typeof value.faces === "object" &&
    value.faces !== null;
  return isKept ? (value as Kept) : undefined;
}

/** Keeps the embeddings by the digest of their photographs, and no others. */
export async function keepEmbeddings(
  root: string,
  pipeline: Pick<FacePipeline, "embedder" | "detector">,
  known: ReadonlyMap<string, Float32Array>,
): Promise<void> {
  const file = keptFile(root, pipeline);
  const faces: Record<string, string> = {};
  for (const [digest, embedding] of known) {
    faces[Buffer.from(digest, "hex").toString("base64url")] = Buffer.from(Float32Array.from(embedding).buffer).toString(
      "base64",
    );
  }
  try {
    if (known.size === 0) await rm(file, { force: true });
    else {
      const kept: Kept = { detector: pipeline.detector.name, faces };
      await writeAtomically(file, [JSON.stringify(kept)], { mode: 0o600 });
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EROFS" && code !== "EPERM") throw cause;
  }
}
