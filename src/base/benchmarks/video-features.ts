/**
 * Features of the frames of videos, computed before: a folder with `NAME/NUMBER.npy` of shape (frames, size), or the
 * lines of JSON that `cosface embed --json` prints for the frames, `{"image": "…/NAME/NUMBER/FRAME", "embedding":
 * […]}`.
 */
import { DatasetError, requireFields, requireKind, requireObject } from "../core/index.ts";
import { isFolder } from "./folder-names.ts";
import { listLines, listName, readListBytes } from "./list-lines.ts";
import { readEmbeddings } from "./npy.ts";
import { byNumbers, chosenFrames, type FrameChoice, type VideoPairs } from "./ytf.ts";

/** Features of frames, a row each, and the index of each row's video. */
export type VideoFeatures = {
  readonly embeddings: { readonly count: number; readonly size: number; readonly data: Float32Array };
  readonly videoOf: Uint32Array;
};

/**
 * Reads the features of every video of a list.
 *
 * @throws {DatasetError} when a video has none, with the line that names it, or features differ in size.
 */
export async function readVideoFeatures(
  path: string,
  pairs: VideoPairs,
  choice: FrameChoice = {},
): Promise<VideoFeatures> {
  requireKind("path", path, "a text");
  requireFields("pairs of videos", pairs, { videos: "a list", sources: "a list" });
  requireObject("choice of frames", choice);
  const { videos, sources } = pairs;
  const lines = (await isFolder(path)) ? undefined : await readLines(path);
  const rows: Float32Array[] = [];
  const videoOf: number[] = [];
  for (const [video, name] of videos.entries()) {
    const frames = lines === undefined ? await readFolder(path, name, sources[video]) : (lines.get(name) ?? []);
    if (frames.length === 0) throw new DatasetError(`${sources[video]}: the video has no features`);
    for (const frame of chosenFrames(frames, choice)) {
      const size = rows[0]?.length ?? frame.length;
      if (frame.length !== size) {
        throw new DatasetError(
          `${sources[video]}: got features of ${frame.length} numbers, expected ${size} as before`,
        );
      }
      rows.push(frame);
      videoOf.push(video);
    }
  }
  const size = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * size);
  for (const [row, frame] of rows.entries()) data.set(frame, row * size);
  return { embeddings: { count: rows.length, size, data }, videoOf: Uint32Array.from(videoOf) };
}

async function readFolder(folder: string, video: string, where: string | undefined): Promise<Float32Array[]> {
  const { count, size, data } = await readEmbeddings(`${folder}/${video}.npy`).catch((cause: unknown) => {
    // The error names the file, whose folder has a person's name.
    throw cause instanceof DatasetError ? new DatasetError(`${where}: ${cause.message}`, { cause }) : cause;
  });
  return Array.from({ length: count }, (_, row) => data.subarray(row * size, (row + 1) * size));
}

/** The features of each video, in the order of its frames' numbers. */
async function readLines(path: string): Promise<ReadonlyMap<string, Float32Array[]>> {
  const name = listName(path);
  const found = new Map<string, { readonly frame: string; readonly embedding: Float32Array }[]>();
  for (const { content, line } of listLines(await readListBytes(path, "features of frames"))) {
    const { image, embedding } = parseLine(content, `${name}:${line}`);
    const [frame = "", number = "", person = ""] = image.replaceAll("\\", "/").normalize("NFC").split("/").reverse();
    const video = `${person}/${number}`;
    const frames = found.get(video) ?? [];
    frames.push({ frame, embedding });
    found.set(video, frames);
  }
  return new Map(
    [...found].map(([video, frames]) => [
      video,
      frames.sort((a, b) => byNumbers(a.frame, b.frame)).map(({ embedding }) => embedding),
    ]),
  );
}

function parseLine(content: string, where: string): { readonly image: string; readonly embedding: Float32Array } {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw new DatasetError(`${where}: got text that is not JSON, expected a line of cosface embed --json`, { cause });
  }
  const { image, embedding } = (typeof value === "object" && value !== null ? value : {}) as {
    readonly image?: unknown;
    readonly embedding?: unknown;
  };
  const isNumbers = Array.isArray(embedding) && embedding.length > 0 && embedding.every(Number.isFinite);
  if (typeof image !== "string" || !isNumbers) {
    throw new DatasetError(`${where}: expected "image", a path that ends with NAME/NUMBER/FRAME, and "embedding"`);
  }
  return { image, embedding: Float32Array.from(embedding) };
}
