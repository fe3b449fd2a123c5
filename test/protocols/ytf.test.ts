/** YouTube Faces on made videos: folders of frames of drawn people, and features of the same frames. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readVideoPairs, videoFrames } from "../../src/base/benchmarks/index.ts";
import { decodeImage } from "../../src/base/image/index.ts";
import { createProgram } from "../../src/cli/program.ts";
import { averagePool, input, reshape } from "../../src/compiler/graph/index.ts";
import { writeOnnx } from "../../src/compiler/onnx/index.ts";
import { evaluateProtocol, protocols } from "../../src/faces/benchmarks/index.ts";
import { contractMetadata, embedSet, openEmbedder } from "../../src/faces/embedder/index.ts";
import { normalizeEmbeddings, poolTemplates } from "../../src/measure/eval/index.ts";
import { meanFrameCosines, verifyFolds, verifyScores } from "../../src/measure/protocols/index.ts";
import { syntheticFaces } from "../../src/training/synthetic/index.ts";

const PEOPLE = 20;
const VIDEOS = 2;
const FRAMES = 4;
const SIDE = 32;

let folder: string;
let model: string;
/** Every frame in the order of `splits.txt`, and the video of each. */
let frames: Awaited<ReturnType<typeof videoFrames>>;
const at = (...names: readonly string[]) => join(folder, ...names);

/** Person `p` has the videos 2p and 2p + 1: a genuine pair of them, and an impostor pair with the next person. */
const videoName = (person: number, video: number) => `Person ${person}/${video}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-ytf-"));
  vi.stubEnv("XDG_CACHE_HOME", at("cache"));
  const drawn = { identityCount: PEOPLE, imagesPerIdentity: VIDEOS * FRAMES, width: SIDE, height: SIDE, seed: 3 };
  const faces = syntheticFaces({ ...drawn, difficulty: 0.1 });
  for (let index = 0; index < faces.sampleCount; index++) {
    const image = index % (VIDEOS * FRAMES);
    const [video, frame] = [Math.floor(image / FRAMES), image % FRAMES];
    // Numbers with and without a leading digit more: 9, 10, 11, 12.
    const path = at("frames", videoName(faces.labels[index] ?? 0, video), `${video}.${frame + 9}.jpg`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await faces.readBytes(index));
  }
  const lines = Array.from({ length: PEOPLE }, (_, person) => {
    const [split, next] = [1 + Math.floor((person * 10) / PEOPLE), (person + 1) % PEOPLE];
    const pair = (other: string, same: number) => `${split}, ${videoName(person, 0)}, ${other}, ${same}, 0`;
    return `${pair(videoName(person, 1), 1)}\n${pair(videoName(next, 1), 0)}`;
  });
  await writeFile(at("splits.txt"), `split number, first name, second name, is same, more\n${lines.join("\n")}\n`);
  const images = input("images", "f32", ["N", 3, SIDE, SIDE]);
  const pooled = averagePool(images, { kernel: [4, 4], stride: [4, 4] });
  const metadata = contractMetadata({
    inputSize: [SIDE, SIDE],
    embeddingSize: 192,
    channels: "rgb",
    mean: 127.5,
    std: 128,
    template: "arcface",
    flip: "none",
  });
  model = at("cells.onnx");
  await writeFile(model, writeOnnx({ name: "cells", outputs: { out: reshape(pooled, ["N", 192]) } }, { metadata }));
  frames = await videoFrames(at("frames"), await readVideoPairs(at("splits.txt")));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function embeddedFrames() {
  const embedder = await openEmbedder(model, {}, { threads: 1 });
  const read = async (index: number) => decodeImage(await frames.readBytes(index));
  const embeddings = await embedSet(embedder, { imageCount: frames.imageCount, read }, "none");
  await embedder.close();
  return embeddings;
}

/** An array of numpy, version 1.0. */
function npy(rows: number, data: Float32Array): Buffer {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${data.length / rows}), }`;
  const padded = header.padEnd(117, " ");
  const head = Buffer.from(`\x93NUMPY\x01\x00..${padded}\n`, "latin1");
  head.writeUInt16LE(118, 8);
  return Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

describe("cosface evaluate --protocol ytf", () => {
  it("scores videos in ten folds by the means of their frames, from frames and from features", async () => {
    const list = await readVideoPairs(at("splits.txt"));
    expect(list).toMatchObject({ videos: { length: 40 }, pairs: { length: 40 } });
    expect(frames.imageCount).toBe(160);
    const embeddings = await embeddedFrames();
    const wanted = verifyFolds(poolTemplates(embeddings, frames.videoOf), list.pairs);
    const files = { images: at("frames"), pairs: at("splits.txt") };
    const result = await evaluateProtocol("ytf", files, { model, threads: 1 });
    expect(result).toMatchObject({ protocol: "ytf", videoCount: 40, frameCount: 160, folds: wanted.folds });
    expect(result.folds).toHaveLength(10);
    expect(result.variant).toMatch(/^frames=all, videos=cosine of mean embeddings, flip=none/);
    expect(result.genuineScores).toEqual(wanted.genuineScores);
    expect(protocols.ytf.describe(result)[0]).toBe("videos      40 with 160 frames");
    expect(protocols.ytf.toJson(result)).toMatchObject({ videoCount: 40, pairCount: 40 });

    for (const [video, name] of list.videos.entries()) {
      const rows = [...frames.videoOf.keys()].filter((row) => frames.videoOf[row] === video);
      const data = Float32Array.from(rows.flatMap((row) => [...embeddings.data.subarray(row * 192, (row + 1) * 192)]));
      await mkdir(at("features", dirname(name)), { recursive: true });
      await writeFile(at("features", `${name}.npy`), npy(rows.length, data));
    }
    const read = { embeddings: at("features"), pairs: at("splits.txt") };
    const features = await evaluateProtocol("ytf", read);
    expect(features).toMatchObject({ model: null, folds: wanted.folds, frameCount: 160 });

    const byPairs = await evaluateProtocol("ytf", { ...read, framePairs: true });
    const scores = meanFrameCosines(embeddings, frames.videoOf, list.videos.length, list.pairs);
    expect(byPairs.folds).toEqual(verifyScores(scores, list.pairs, "none").folds);
    expect(byPairs.variant).toMatch(/^frames=first 100, videos=mean cosine of all pairs of frames/);
    const two = await evaluateProtocol("ytf", { ...read, frames: 2 });
    expect(two).toMatchObject({ frameCount: 80, variant: expect.stringMatching(/^frames=2 evenly spread/) });
    const video = at("features", `${list.videos[3]}.npy`);
    await writeFile(video, npy(1, new Float32Array(5)));
    await expect(evaluateProtocol("ytf", read)).rejects.toThrow("got features of 5 numbers, expected 192 as before");
    await rm(video);
    await expect(evaluateProtocol("ytf", read)).rejects.toThrow(/^splits.txt:4, first: 0.npy: there is no such file/);
  });

  it("takes the lines that cosface embed prints for the frames", async () => {
    let text = "";
    vi.spyOn(process.stdout, "write").mockImplementation((part) => {
      text += part;
      return true;
    });
    const words = ["embed", at("frames"), "--aligned", "--model", model, "--threads", "1", "--json"];
    await (await createProgram("embed")).parseAsync(words, { from: "user" });
    vi.restoreAllMocks();
    await writeFile(at("frames.jsonl"), text);
    const files = { embeddings: at("frames.jsonl"), pairs: at("splits.txt") };
    const result = await evaluateProtocol("ytf", files);
    const units = normalizeEmbeddings(await embeddedFrames());
    const { pairs } = await readVideoPairs(at("splits.txt"));
    const wanted = verifyFolds(poolTemplates(units, frames.videoOf), pairs);
    expect(result.folds.map(({ accuracy }) => accuracy)).toEqual(wanted.folds.map(({ accuracy }) => accuracy));
    await writeFile(at("frames.jsonl"), `${text}{"image": 3}\n`);
    await expect(evaluateProtocol("ytf", files)).rejects.toThrow(
      'frames.jsonl:161: expected "image", a path that ends',
    );
  });

  it("orders frames by their numbers, and spreads some of them evenly", async () => {
    const list = await readVideoPairs(at("splits.txt"));
    const bytesOf = async (choice: { readonly count?: number; readonly isFirst?: boolean }) => {
      const chosen = await videoFrames(at("frames"), list, choice);
      return Promise.all([0, 1].map((index) => chosen.readBytes(index)));
    };
    const all = await Promise.all([0, 1, 2, 3].map((index) => frames.readBytes(index)));
    expect(await bytesOf({ count: 2 })).toEqual([all[1], all[3]]);
    expect(await bytesOf({ count: 2, isFirst: true })).toEqual([all[0], all[1]]);
    expect(frames.source(0)).toBe("splits.txt:2, first, frame 1");
    expect(frames.source(5)).not.toContain("Person");
  });

  it.each([
    ["1, a/0, b/0", "splits.txt:2: got 3 fields, expected split, two videos and whether they match"],
    ["x, a/0, b/0, 1", "splits.txt:2: got text for the split, expected a whole number"],
    ["0, a/0, b/0, 1", "splits.txt:2: got split 0, expected 1 or more"],
    ["1, a/0, b/0, yes", "splits.txt:2: got another label than 0 (two people) and 1 (one person)"],
    ["1, ../a, b/0, 1", "splits.txt:2, first: expected the path of an image below the folder of images"],
    ["1, a/0, b/0, 1", "splits.txt:2, first: the video has no frames: expected a folder NAME/NUMBER of images"],
    ["", "splits.txt: got no pairs, expected them below a header"],
  ])("names the line of %j", async (line, message) => {
    await mkdir(at("wrong"), { recursive: true });
    await writeFile(at("wrong", "splits.txt"), `header\n${line}\n`);
    const files = { images: at("frames"), pairs: at("wrong", "splits.txt") };
    await expect(evaluateProtocol("ytf", files, { model })).rejects.toThrow(message);
    await expect(evaluateProtocol("ytf", { pairs: at("splits.txt") }, { model })).rejects.toThrow(
      "--protocol ytf needs --images of frames, or --embeddings of them",
    );
  });
});
