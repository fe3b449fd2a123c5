/**
 * Embeddings that are kept in a folder of known people, in one hidden file for each model, by the SHA-256 of each
 * photograph. Embeddings are biometric data: the files lie with the photographs, can be read by their owner alone, and
 * hold only what the folder holds now.
 */
import { createHash } from "node:crypto";
import { chmod, lstat, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "../../base/files/index.ts";
import type { FacePipeline } from "../face/index.ts";

/** What names a file and decides whether it may be used. */
type Networks = Pick<FacePipeline, "embedder" | "detector">;

/** SHA-256 in hexadecimal digits. */
export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Base64 of f32 numbers by the base64url of a photograph's SHA-256. */
type KeptFaces = { readonly [digest: string]: string };

/** The file as JSON. `sha256` is a digest of the rest; files of earlier versions have none. */
type Kept = { readonly detector: string; readonly faces: KeptFaces; readonly sha256?: string };

const fileName = ({ embedder }: Pick<Networks, "embedder">) => `.cosface-${embedder.id}.json`;
const FILE_NAME = /^\.cosface-[0-9a-f]+\.json$/;
const MODE = 0o600;

/** How far the length of an embedding that was stored as f32 numbers may be from 1. */
const LENGTH_TOLERANCE = 1e-4;

/**
 * A file that is missing, altered or of another detector counts as empty: embedding again costs only time, and a single
 * altered bit could give a photograph to another person.
 */
export async function readEmbeddings(
  root: string,
  networks: Networks,
  size: number,
): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  const file = join(root, fileName(networks));
  await closeToOthers(file);
  const text = await readFile(file, "utf8").catch(() => undefined);
  const kept = text === undefined ? undefined : parseKept(text);
  if (kept?.detector !== networks.detector.name) return found;
  for (const [key, base64] of Object.entries(kept.faces)) {
    const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
    if (bytes.length !== 4 * size) continue;
    const embedding = new Float32Array(bytes.buffer);
    const isUnit = Math.abs(Math.hypot(...embedding) - 1) < LENGTH_TOLERANCE;
    if (isUnit) found.set(digestOfKey(key), embedding);
  }
  return found;
}

const keyOf = (digest: string) => Buffer.from(digest, "hex").toString("base64url");
const digestOfKey = (key: string) => Buffer.from(key, "base64url").toString("hex");

/** What a file keeps; undefined for a text that is not such a file, or whose digest says that it was altered. */
function parseKept(text: string): Kept | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { detector, faces, sha256, ...unknown }: Readonly<Record<string, unknown>> = { ...value };
  if (typeof detector !== "string" || !isTexts(faces) || Object.keys(unknown).length > 0) return undefined;
  if (sha256 === undefined) return { detector, faces };
  return sha256 === digestOfKept(detector, faces) ? { detector, faces, sha256 } : undefined;
}

function isTexts(value: unknown): value is KeptFaces {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((text: unknown) => typeof text === "string")
  );
}

function digestOfKept(detector: string, faces: KeptFaces): string {
  return digestOf(new TextEncoder().encode(JSON.stringify([detector, faces])));
}

/** Keeps the embeddings by the digest of their photographs, and no others. */
export async function keepEmbeddings(
  root: string,
  networks: Networks,
  known: ReadonlyMap<string, Float32Array>,
): Promise<void> {
  const faces = Object.fromEntries(
    [...known].map(([digest, embedding]) => [
      keyOf(digest),
      Buffer.from(Float32Array.from(embedding).buffer).toString("base64"),
    ]),
  );
  await writeKept(join(root, fileName(networks)), networks.detector.name, faces);
}

/**
 * Removes embeddings of photographs that the folder no longer holds from the files of other models: otherwise the file
 * of a model that nobody uses any more would keep deleted people for ever.
 *
 * @param digests of the photographs that the folder holds now.
 */
export async function tidyOtherModels(
  root: string,
  networks: Pick<Networks, "embedder">,
  digests: ReadonlySet<string>,
): Promise<void> {
  const names = await readdir(root).catch((): string[] => []);
  for (const name of names) {
    if (!FILE_NAME.test(name) || name === fileName(networks)) continue;
    const file = join(root, name);
    await closeToOthers(file);
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const { detector = "", faces = {} } = parseKept(text) ?? {};
    const entries = Object.entries(faces);
    const present = entries.filter(([key]) => digests.has(digestOfKey(key)));
    if (present.length > 0 && present.length === entries.length) continue;
    await writeKept(file, detector, Object.fromEntries(present));
  }
}

/** Writes a file, or removes it when it has nothing to keep. In a folder that cannot be written nothing is done. */
async function writeKept(file: string, detector: string, faces: KeptFaces): Promise<void> {
  const kept: Kept = { detector, faces, sha256: digestOfKept(detector, faces) };
  await ifWritable(async () => {
    if (Object.keys(faces).length === 0) await rm(file, { force: true });
    else await writeAtomically(file, [JSON.stringify(kept)], { mode: MODE });
  });
}

/** Files of earlier versions could be read by all. */
async function closeToOthers(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile() || (found.mode & 0o077) === 0) return;
  await ifWritable(() => chmod(file, MODE));
}

async function ifWritable(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EROFS" && code !== "EPERM") throw cause;
  }
}
