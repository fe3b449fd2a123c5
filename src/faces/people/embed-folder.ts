/**
 * A folder of known people, one subfolder a person, as embeddings. Each photograph counts with the face that it is of
 * (`mainFace`). What was embedded once is remembered in a hidden file of the folder, by the digest of each photograph:
 * embeddings are biometric data, and lie where the photographs lie, to be deleted with them.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FaceError } from "../../base/core/index.ts";
import { openFolder } from "../../base/data/index.ts";
import { writeAtomically } from "../../base/files/index.ts";
import { decodeImage } from "../../base/image/index.ts";
import type { LabeledEmbeddings } from "../../measure/eval/index.ts";
import { type FacePipeline, mainFace } from "../face/index.ts";

/** Faces of a folder, a row each; identities are places in `names`. */
export type FolderFaces = LabeledEmbeddings & {
  /** Name of each person's folder, whether or not a face was found in it. */
  readonly names: readonly string[];
  /** Photograph of each row, relative to the folder. */
  readonly files: readonly string[];
  /** Photographs without an embedding, and why. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
};

/** How a folder is embedded. */
export type EmbedFolderOptions = {
  /** Remember embeddings in the folder, and use those remembered; default true. */
  readonly cache?: boolean;
  /** Called with the number of photographs done so far, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
};

/**
 * Embeds one face of each photograph below a folder. A folder that cannot be written is embedded all the same, and not
 * remembered.
 *
 * @throws {DatasetError} when there is no photograph.
 * @throws {FaceError} when no face is found in any.
 */
export async function embedFolder(
  root: string,
  pipeline: FacePipeline,
  { cache = true, onProgress = () => {} }: EmbedFolderOptions = {},
): Promise<FolderFaces> {
  const folder = await openFolder(root);
  const indices = Array.from({ length: folder.sampleCount }, (_, index) => index);
  const digests: string[] = [];
  for (const index of indices) {
    const bytes = await folder.readBytes(index);
    digests.push(createHash("sha256").update(bytes).digest("base64url"));
  }
  const { embedder, detector } = pipeline;
  const file = join(root, `.cosface-${embedder.id}.json`);
  const remembered = cache ? await readCache(file, detector.name) : new Map<string, Float32Array>();
  const found = new Map<string, Float32Array>();
  const skipped: { file: string; reason: string }[] = [];
  const missing = indices.filter((index) => !remembered.has(digests[index]!));
  let done = indices.length - missing.length;
  const stream = pipeline.stream(
    missing,
    async (index) => decodeImage(await folder.readBytes(index)),
    (faces, image) => [mainFace(faces, image)].filter((face) => face !== undefined),
  );
  for await (const result of stream) {
    const [face] = result.error === undefined ? result.faces : [];
    if (face !== undefined) found.set(digests[result.item]!, face.embedding);
    else skipped.push({ file: folder.relativePath(result.item), reason: result.error?.message ?? "no face" });
    onProgress(++done, indices.length);
  }
  const known = new Map([...remembered, ...found]);
  if (cache && found.size > 0) await writeCache(file, detector.name, known);
  const rows = indices.filter((index) => known.has(digests[index]!));
  if (rows.length === 0)
    throw new FaceError(`no face in any of ${indices.length} photographs: are they the right ones?`);
  const size = known.get(digests[rows[0]!]!)!.length;
  const data = new Float32Array(rows.length * size);
  for (const [row, index] of rows.entries()) data.set(known.get(digests[index]!)!, row * size);
  const names: string[] = [];
  for (const index of indices) names[folder.labels[index]!] = folder.relativePath(index).split("/")[0]!;
  return {
    embeddings: { count: rows.length, size, data },
    identities: rows.map((index) => folder.labels[index]!),
    names,
    files: rows.map((index) => folder.relativePath(index)),
    skipped,
  };
}

type Cache = { readonly detector: string; readonly faces: { readonly [digest: string]: string } };

/** A cache that is missing, damaged or of another detector is an empty one: embedding again costs only time. */
async function readCache(file: string, detector: string): Promise<Map<string, Float32Array>> {
  try {
    const cache = JSON.parse(await readFile(file, "utf8")) as Cache;
    if (cache.detector !== detector) return new Map();
    return new Map(
      Object.entries(cache.faces).map(([digest, text]) => {
        const bytes = Uint8Array.from(Buffer.from(text, "base64"));
        return [digest, new Float32Array(bytes.buffer)];
      }),
    );
  } catch {
    return new Map();
  }
}

async function writeCache(file: string, detector: string, known: ReadonlyMap<string, Float32Array>): Promise<void> {
  const faces = Object.fromEntries(
    [...known].map(([digest, embedding]) => [
      digest,
      Buffer.from(Float32Array.from(embedding).buffer).toString("base64"),
    ]),
  );
  const text = JSON.stringify({ detector, faces } satisfies Cache);
  await writeAtomically(file, [text], { mode: 0o600 }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EACCES" && cause.code !== "EROFS" && cause.code !== "EPERM") throw cause;
  });
}
