/**
 * Downloads a model from a URL into the user's folder. Bytes are written to a draft that has their digest in its name,
 * so that the next call continues a download that was cut off (HTTP Range, RFC 9110 §14). The draft gets the model's
 * name when its SHA-256 is right, and is removed when it is wrong. So a file with a model's name is always whole.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import {
  type CancelSignal,
  ConflictError,
  DownloadError,
  OptionError,
  requireKnownKeys,
} from "../../base/core/index.ts";
import { modelFile, modelFolder } from "./model-folder.ts";

/** How a model is pulled. */
export type PullOptions = {
  /** SHA-256 of the file, 64 hexadecimal digits, from a source that you trust. */
  readonly sha256: string;
  /** Name to use it by; default: the last part of the URL without `.onnx`. */
  readonly name?: string;
  /** Folder to pull into; default `modelFolder()`. */
  readonly folder?: string;
  /** Called with the number of bytes written so far, and of all if the server states it. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
  /** Ends the download with the signal's reason; the next call continues it. */
  readonly signal?: CancelSignal;
};

/** A model that was pulled. */
export type PulledModel = {
  readonly name: string;
  readonly file: string;
  readonly byteCount: number;
  readonly sha256: string;
  /** Bytes that an earlier call had written: some of them, or all. */
  readonly resumedAt: number;
};

/**
 * Downloads a model file by HTTP, continuing where an earlier call ended. A file that exists already is not fetched
 * again.
 *
 * @throws {OptionError} for a URL of another protocol, a digest that is not a SHA-256, or a name that cannot be a
 *   file's.
 * @throws {ConflictError} when another file has the name.
 * @throws {DownloadError} when the server cannot be reached or refuses, the connection is cut (the next call
 *   continues), or the bytes do not have the digest (they are removed).
 */
export async function pullModel(url: string, options: PullOptions): Promise<PulledModel> {
  requireKnownKeys("options of pullModel", options, {
    sha256: true,
    name: true,
    folder: true,
    onProgress: true,
    signal: true,
  });
  const { folder = modelFolder(), onProgress = () => {}, signal } = options;
  const address = parseUrl(url);
  const sha256 = parseDigest(options.sha256);
  const name = options.name ?? basename(address.pathname).replace(/\.onnx$/i, "");
  const file = modelFile(name, folder);
  if (existsSync(file)) {
    const { digest, byteCount } = await digestOf(file);
    if (digest.digest("hex") === sha256) return { name, file, byteCount, sha256, resumedAt: byteCount };
    throw new ConflictError(`pull: another file has the name '${name}': give another by --name, or remove ${file}`);
  }
  await mkdir(folder, { recursive: true });
  const draftFile = `${file}.${sha256.slice(0, 16)}.part`;
  const present = existsSync(draftFile) ? await digestOf(draftFile) : { digest: createHash("sha256"), byteCount: 0 };
  let got = present.digest.copy().digest("hex");
  let { byteCount } = present;
  let resumedAt = byteCount;
  // A download that ended between its last byte and its check has nothing to fetch.
  if (got !== sha256) {
    const answer = await request(address, byteCount);
    resumedAt = answer.start;
    const digest = resumedAt === 0 ? createHash("sha256") : present.digest;
    const draft = await open(draftFile, resumedAt === 0 ? "w" : "r+");
    try {
      byteCount = await writeBody(answer, address, draft, digest, (done) => {
        onProgress(done, answer.total);
        signal?.throwIfAborted();
      });
      await draft.sync();
    } finally {
      await draft.close();
    }
    got = digest.digest("hex");
  }
  if (got !== sha256) {
    await rm(draftFile);
    throw new DownloadError(
      `pull: got a file with SHA-256 ${got}, expected ${sha256}: nothing was kept; check digest and address`,
    );
  }
  await rename(draftFile, file);
  return { name, file, byteCount, sha256, resumedAt };
}

/** A file from byte `start` on; `total` bytes in all, if the server states it. */
type Answer = { readonly response: Response; readonly start: number; readonly total?: number };

/** Requests a file from a byte on; a server without ranges, or without this range, sends it from its start. */
async function request(address: URL, from: number): Promise<Answer> {
  // The range counts the file's own bytes, so they must not be compressed in transit.
  const headers = { "accept-encoding": "identity", ...(from > 0 ? { range: `bytes=${from}-` } : {}) };
  let response: Response;
  try {
    response = await fetch(address, { headers });
  } catch (cause) {
    const { code = "no connection" } = ((cause as Error).cause ?? {}) as { code?: string };
    throw new DownloadError(`pull: ${address.host} cannot be reached (${code}): check the address and the network`, {
      cause,
    });
  }
  if (response.status === 416 && from > 0) return request(address, 0);
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  const size = (start: number) => (Number.isFinite(length) ? { total: start + length } : {});
  if (response.status === 200) return { response, start: 0, ...size(0) };
  const range = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "");
  if (response.status === 206 && Number(range?.[1]) === from) return { response, start: from, ...size(from) };
  await response.body?.cancel();
  throw new DownloadError(
    `pull: ${address.host} answered ${response.status} ${response.statusText}, expected the file`,
  );
}

/** Writes a body into a file from its start on, and returns the file's length. */
async function writeBody(
  { response, start }: Answer,
  address: URL,
  draft: FileHandle,
  digest: Hash,
  onBytes: (done: number) => void,
): Promise<number> {
  let position = start;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      await draft.write(chunk, 0, chunk.length, position);
      digest.update(chunk);
      position += chunk.length;
      onBytes(position);
    }
  } catch (cause) {
    // fetch's own error for a connection that ended too soon; a full disk raises another.
    if (!(cause instanceof TypeError)) throw cause;
    throw new DownloadError(
      `pull: ${address.host} closed the connection after ${position} bytes: run the same command again to continue`,
      { cause },
    );
  }
  return position;
}

async function digestOf(file: string): Promise<{ digest: Hash; byteCount: number }> {
  const digest = createHash("sha256");
  let byteCount = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
    digest.update(chunk);
    byteCount += chunk.length;
  }
  return { digest, byteCount };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw new OptionError(`pull: got '${text}', expected an address that begins with https://`);
}

function parseDigest(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new OptionError(`pull: got the SHA-256 '${text}', expected 64 hexadecimal digits`);
}
