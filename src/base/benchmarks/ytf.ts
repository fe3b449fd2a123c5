/**
 * YouTube Faces: `splits.txt`, a header and then a line for each of 5,000 pairs of videos, in ten folds: `split, first
 * video, second video, is same, …`. A video is `NAME/NUMBER`, a folder of frames.
 * @see Wolf, Hassner and Maoz, Face Recognition in Unconstrained Videos with Matched Background Similarity, CVPR 2011
 */
import { DatasetError, requireFields, requireKind, requireObject } from "../core/index.ts";
import { listImages } from "../files/index.ts";
import { listLines, listName, parseCount, readImageBytes, readListBytes } from "./list-lines.ts";
import { listedPath } from "./listed-pairs.ts";

/** Pairs of videos, by their index in `videos`. */
export type VideoPairs = {
  /** The videos that pairs name, `NAME/NUMBER`, in order of first mention. */
  readonly videos: readonly string[];
  readonly pairs: readonly {
    readonly left: number;
    readonly right: number;
    readonly same: boolean;
    readonly fold: number;
  }[];
  /** File, line and side that name a video first, for messages. */
  readonly sources: readonly string[];
};

/** Reads `splits.txt`. @throws {DatasetError} with the line that does not fit. */
export async function readVideoPairs(path: string): Promise<VideoPairs> {
  requireKind("path", path, "a text");
  const name = listName(path);
  const [, ...lines] = listLines(await readListBytes(path, "YouTube Faces' list of pairs of videos"));
  const indexOf = new Map<string, number>();
  const sources: string[] = [];
  const indexFor = (text: string, where: string): number => {
    const video = listedPath(text, where);
    const known = indexOf.get(video);
    if (known !== undefined) return known;
    indexOf.set(video, indexOf.size);
    return sources.push(where) - 1;
  };
  const pairs = lines.map(({ content, line }) => {
    const where = `${name}:${line}`;
    const fields = content.split(",").map((field) => field.trim());
    const [split = "", first = "", second = "", label = ""] = fields;
    if (fields.length < 4) {
      throw new DatasetError(
        `${where}: got ${fields.length} fields, expected split, two videos and whether they match`,
      );
    }
    const fold = parseCount(split, where, "split") - 1;
    if (fold < 0) throw new DatasetError(`${where}: got split 0, expected 1 or more`);
    if (label !== "0" && label !== "1") {
      throw new DatasetError(`${where}: got another label than 0 (two people) and 1 (one person)`);
    }
    return {
      left: indexFor(first, `${where}, first`),
      right: indexFor(second, `${where}, second`),
      same: label === "1",
      fold,
    };
  });
  if (pairs.length === 0) throw new DatasetError(`${name}: got no pairs, expected them below a header`);
  return { videos: [...indexOf.keys()], pairs, sources };
}

/** Frames of videos as encoded images, and the video that each belongs to. */
export type VideoFrames = {
  readonly imageCount: number;
  readonly source: (index: number) => string;
  readonly readBytes: (index: number) => Promise<Uint8Array>;
  /** Index of the video of each frame. */
  readonly videoOf: Uint32Array;
};

/** Which frames of a video count: all, or at most `count` of them, the first ones or evenly spread. */
export type FrameChoice = { readonly count?: number; readonly isFirst?: boolean };

/**
 * The frames of each video, in the order of their numbers: `0.7.jpg` is before `0.10.jpg`.
 *
 * @throws {DatasetError} when a video has no frames, with the line that names it.
 */
export async function videoFrames(folder: string, pairs: VideoPairs, choice: FrameChoice = {}): Promise<VideoFrames> {
  requireKind("folder", folder, "a text");
  requireFields("pairs of videos", pairs, { videos: "a list", sources: "a list" });
  requireObject("choice of frames", choice);
  const { videos, sources } = pairs;
  const frames: { readonly path: string; readonly source: string; readonly video: number }[] = [];
  for (const [video, name] of videos.entries()) {
    const { images } = await listImages(`${folder}/${name}`);
    if (images.length === 0) {
      throw new DatasetError(`${sources[video]}: the video has no frames: expected a folder NAME/NUMBER of images`);
    }
    const ordered = images.toSorted((a, b) => byNumbers(a.name, b.name));
    for (const [i, { path }] of chosenFrames(ordered, choice).entries()) {
      frames.push({ path, source: `${sources[video]}, frame ${i + 1}`, video });
    }
  }
  const source = (index: number) => frames[index]?.source ?? "";
  return {
    imageCount: frames.length,
    source,
    readBytes: (index) => readImageBytes(frames[index]?.path ?? "", source(index)),
    videoOf: Uint32Array.from(frames, ({ video }) => video),
  };
}

/** The frames of a video that count. */
export function chosenFrames<T>(frames: readonly T[], { count = frames.length, isFirst = false }: FrameChoice) {
  return isFirst ? frames.slice(0, count) : evenly(frames, count);
}

/** `count` elements, evenly spread: ⌊(i + ½) · length / count⌋ for i = 0, 1, …; all if there are fewer. */
function evenly<T>(elements: readonly T[], count: number): readonly T[] {
  if (elements.length <= count) return elements;
  return Array.from({ length: count }, (_, i) => elements[Math.floor(((i + 0.5) * elements.length) / count)]).flatMap(
    (element) => (element === undefined ? [] : [element]),
  );
}

/** Compares names of frames with their runs of digits as numbers. */
export function byNumbers(a: string, b: string): number {
  const [left, right] = [a.split(/(\d+)/), b.split(/(\d+)/)];
  for (const [i, part] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    if (part === other) continue;
    const difference = i % 2 === 1 ? Number(part) - Number(other) : 0;
    return difference !== 0 ? difference : part < other ? -1 : 1;
  }
  return left.length - right.length;
}
