/** Data that changes or cannot be read, and networks that diverge: a run says so, and keeps what it learnt. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tinyNetwork } from "../../../test/support/tiny-network.ts";
import { DatasetError, ImageError, TrainingError } from "../../base/core/index.ts";
import { openDataset, type VerificationSet } from "../../base/data/index.ts";
import type { ViewEmbedder } from "../../faces/embedder/index.ts";
import { syntheticFaces, syntheticVerification } from "../synthetic/index.ts";
import type { TrainingOptions } from "./options.ts";
import { readableVerification } from "./readable-verification.ts";
import { runGeometry } from "./run-geometry.ts";
import { train } from "./train.ts";
import type { TrainingRun } from "./training-run.ts";

let root: string;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "cosface-wrong-"));
  const faces = syntheticFaces({ identityCount: 4, imagesPerIdentity: 4, seed: 1, width: 16, height: 16 });
  for (const [index, label] of faces.labels.entries()) {
    mkdirSync(join(root, "faces", `person-${label}`), { recursive: true });
    writeFileSync(join(root, "faces", `person-${label}`, `${index}.png`), await faces.readBytes(index));
  }
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const options: TrainingOptions = {
  network: tinyNetwork,
  loss: { name: "cosface", scale: 8 },
  batchSize: 4,
  iterations: 8,
  learningRate: 0.01,
  warmUp: 2,
  seed: 5,
  threads: 1,
  logEvery: 2,
  checkpointEvery: 2,
  measureLowerings: false,
};

async function run(more: Partial<TrainingOptions> = {}, rest: Partial<TrainingRun> = {}) {
  const dataset = await openDataset(join(root, "faces"));
  return train({ dataset, options: { ...options, ...more }, folder: join(root, "run"), ...rest }).finally(() =>
    dataset.close(),
  );
}

/** Stops a run after two steps. */
async function stopped() {
  const controller = new AbortController();
  const onRow: TrainingRun["onRow"] = (row) => {
    if (row.kind === "train") controller.abort();
  };
  const { isFinished } = await run({}, { signal: controller.signal, onRow });
  expect(isFinished).toBe(false);
}

const faces = (...names: string[]) => join(root, "faces", ...names);

describe("a run is not resumed", () => {
  const refusal = "made with other data: people or images were renamed, added or removed since";

  it("after a person's folder was renamed, so that labels stand for other people", async () => {
    await stopped();
    renameSync(faces("person-0"), faces("person-9"));
    await expect(run({}, { resume: true })).rejects.toThrow(TrainingError);
    await expect(run({}, { resume: true })).rejects.toThrow(refusal);
    renameSync(faces("person-9"), faces("person-0"));
    expect((await run({}, { resume: true })).isFinished).toBe(true);
  });

  it("after two images changed places, with as many of each person as before", async () => {
    await stopped();
    renameSync(faces("person-0", "0.png"), faces("person-1", "0.png"));
    renameSync(faces("person-1", "4.png"), faces("person-0", "4.png"));
    await expect(run({}, { resume: true })).rejects.toThrow(refusal);
  });

  it("with other options, and with the same in another order it is", async () => {
    await stopped();
    await expect(run({ seed: 6 }, { resume: true })).rejects.toThrow(/^the checkpoint was made with other options:/);
    const reversed = Object.fromEntries(Object.entries(options).reverse());
    expect((await run(reversed, { resume: true })).isFinished).toBe(true);
  });
});

it("a run is measured with a note where labels may stand for other people", async () => {
  await run();
  const dataset = await openDataset(faces());
  const measure = (data: typeof dataset) => runGeometry(join(root, "run"), data, { network: tinyNetwork });
  expect((await measure(dataset)).notes).toEqual([]);
  renameSync(faces("person-0"), faces("person-9"));
  const renamed = await openDataset(faces());
  expect((await measure(renamed)).notes).toEqual([expect.stringMatching(/^people or images of this data set were/)]);
  await Promise.all([dataset.close(), renamed.close()]);
});

describe("an image that cannot be read", () => {
  it("in the training set is skipped and named, in training and when the run is measured", async () => {
    writeFileSync(faces("person-2", "9.png"), "not an image");
    const { isFinished, brokenImages } = await run();
    expect(isFinished).toBe(true);
    expect(brokenImages).toMatchObject([{ source: "identity 2, image 4" }]);
    const dataset = await openDataset(faces());
    const measured = await runGeometry(join(root, "run"), dataset, { network: tinyNetwork });
    await dataset.close();
    expect(measured.brokenImages).toEqual(brokenImages);
    expect(measured.samples?.perIdentity.map(({ sampleCount }) => sampleCount)).toEqual([4, 4, 3, 4]);
  });

  const set = syntheticVerification({
    identityCount: 6,
    firstIdentity: 4,
    imagesPerIdentity: 4,
    folds: 2,
    pairsPerFold: 10,
    seed: 1,
    width: 16,
    height: 16,
  });
  const withBroken = (broken: ReadonlySet<number>): VerificationSet => ({
    ...set,
    imageCount: set.imageCount,
    foldCount: set.foldCount,
    pairs: set.pairs,
    source: (index) => `pairs.txt:${index}, left`,
    read: async (index) => {
      if (broken.has(index)) throw new ImageError(`pairs.txt:${index}, left: not an image`);
      return set.read(index);
    },
  });

  it("in a verification set is found before the first step, and its pairs are left out", async () => {
    const whole = await readableVerification(set);
    expect(whole).toEqual({ set, unreadable: [], leftOutPairCount: 0 });
    const broken = set.pairs[0]!.left;
    const left = await readableVerification(withBroken(new Set([broken])));
    expect(left.unreadable).toEqual([{ index: broken, reason: `pairs.txt:${broken}, left: not an image` }]);
    const kept = set.pairs.filter((pair) => pair.left !== broken && pair.right !== broken);
    expect(left.leftOutPairCount).toBe(set.pairs.length - kept.length);
    for (const [i, pair] of left.set.pairs.entries()) {
      expect(pair).toMatchObject({ same: kept[i]!.same, fold: kept[i]!.fold });
      expect(left.set.source(pair.left)).toBe(`pairs.txt:${kept[i]!.left}, left`);
      expect(await left.set.read(pair.right)).toEqual(await set.read(kept[i]!.right));
    }
    expect(new Set(left.set.pairs.flatMap((pair) => [pair.left, pair.right])).size).toBe(left.set.imageCount);
  });

  it("in a verification set ends a run before it starts where a fold has no such pairs left", async () => {
    const all = new Set(set.pairs.filter(({ fold, same }) => fold === 1 && same).map(({ left }) => left));
    const checked = readableVerification(withBroken(all));
    await expect(checked).rejects.toThrow(DatasetError);
    await expect(checked).rejects.toThrow(/leaves fold 2 without genuine pairs; the first: pairs\.txt:\d+, left: not/);
  });

  it("that vanishes from a verification set while the network trains costs the verification, not the model", async () => {
    const notes: string[] = [];
    const verify = async () => {
      throw new ImageError("pairs.txt:3, right: the file cannot be read (ENOENT)");
    };
    const { model, rows } = await run({ verifyEvery: 4 }, { verify, onNote: (text) => notes.push(text) });
    expect(existsSync(model!)).toBe(true);
    expect(rows.some(({ kind }) => kind === "verify")).toBe(false);
    expect(notes.filter((text) => text.includes("left out"))).toEqual(
      [4, 8].map(
        (steps) =>
          `the verification after ${steps} steps is left out: pairs.txt:3, right: the file cannot be read (ENOENT)`,
      ),
    );
  });

  it("leaves the model on the disk when the last verification fails for another reason", async () => {
    const verify = async () => {
      throw new Error("another reason");
    };
    await expect(run({}, { verify })).rejects.toThrow("another reason");
    expect(existsSync(join(root, "run", "model.onnx"))).toBe(true);
  });
});

describe("a run that diverges in its last step, whose loss is finite", () => {
  const drawn = syntheticFaces({ identityCount: 2, imagesPerIdentity: 1, seed: 9, width: 16, height: 16 });
  const diverge = async (learningRate: number) => {
    const notes: string[] = [];
    const more = { batchSize: 2, iterations: 1, learningRate, warmUp: 0 };
    const verify = async (embedder: ViewEmbedder) => {
      await embedder.embed([(await drawn.read(0)).image]);
      return { accuracy: 1, standardDeviation: 0 };
    };
    const { isFinished, rows } = await run(more, { verify, onNote: (text) => notes.push(text) });
    expect(isFinished).toBe(true);
    expect(rows.some(({ kind }) => kind === "verify")).toBe(false);
    expect(readFileSync(join(root, "run", "log.jsonl"), "utf8")).not.toMatch(/NaN|null/);
    return { rows, notes: notes.filter((text) => text.includes("not finite")) };
  };
  const measure = async () => {
    const dataset = await openDataset(faces());
    return runGeometry(join(root, "run"), dataset, { network: tinyNetwork }).finally(() => dataset.close());
  };

  it("is measured without the angles of embeddings that are not finite", async () => {
    // The parameters are finite, their products are not.
    const { notes: said } = await diverge(1e30);
    expect(said).toEqual([
      expect.stringMatching(/^the verification after 1 steps is left out: the network's embeddings/),
    ]);
    const { samples, notes, centers } = await measure();
    expect(samples).toBeUndefined();
    expect(notes).toEqual([expect.stringMatching(/^the network's embeddings are not finite numbers/)]);
    expect(centers.minimumAngleDegrees).toBeGreaterThan(0);
  });

  it("says so, and logs no angles of class centers that are not finite", async () => {
    const { rows, notes } = await diverge(3.4e38);
    expect(notes[0]).toMatch(/^the network is not finite after its last step \(first broken/);
    expect(rows.some(({ kind }) => kind === "geometry")).toBe(false);
    await expect(measure()).rejects.toThrow(/class centers after 1 steps are not finite numbers: training diverged/);
  });
});
