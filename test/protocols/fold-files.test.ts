/**
 * `cosface evaluate` on files of each published format, from end to end: a network whose embedding is the colors of an
 * image's four quarters, so that every embedding is known, and lists that are made for it. What the rules make of
 * embeddings is compared with numpy in folds.test.ts.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { random } from "../../src/base/core/index.ts";
import { encodeImage, type RgbImage } from "../../src/base/image/index.ts";
import { createProgram } from "../../src/cli/program.ts";
import { averagePool, input, reshape } from "../../src/compiler/graph/index.ts";
import { writeOnnx } from "../../src/compiler/onnx/index.ts";
import {
  type EvaluateOptions,
  embeddingsStore,
  evaluateProtocol,
  protocols,
} from "../../src/faces/benchmarks/index.ts";
import { contractMetadata } from "../../src/faces/embedder/index.ts";
import type { FlipRule, VerificationPair } from "../../src/measure/eval/index.ts";
import { type VerificationRule, verifyFolds } from "../../src/measure/protocols/index.ts";
import { ageDbSplits, matFile } from "../support/mat-bytes.ts";

const FOLDS = 10;
/** Pairs of each kind in a fold. */
const PER_KIND = 3;
const SIDE = 8;

let folder: string;
let model: string;
const at = (...names: readonly string[]) => join(folder, ...names);
const options = (more: EvaluateOptions = {}): EvaluateOptions => ({ model, threads: 1, store: null, ...more });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-folds-"));
  vi.stubEnv("XDG_CACHE_HOME", at("cache"));
  model = at("quarters.onnx");
  await writeFile(model, network("none"));
  await writeFile(at("mirrored.onnx"), network("concat"));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Mean color of each quarter of the image, minus 127.5: twelve numbers. */
function network(flip: FlipRule): Uint8Array {
  const images = input("images", "f32", ["N", 3, SIDE, SIDE]);
  const quarters = averagePool(images, { kernel: [SIDE / 2, SIDE / 2], stride: [SIDE / 2, SIDE / 2] });
  const metadata = contractMetadata({
    inputSize: [SIDE, SIDE],
    embeddingSize: 12,
    channels: "rgb",
    mean: 127.5,
    std: 1,
    template: "arcface",
    flip,
  });
  return writeOnnx({ name: "quarters", outputs: { embedding: reshape(quarters, ["N", 12]) } }, { metadata });
}

type Quarters = readonly (readonly [number, number, number])[];

/** An image of four plain quarters: upper left, upper right, lower left, lower right. */
function imageOf(quarters: Quarters): RgbImage {
  const data = new Uint8Array(3 * SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const quarter = 2 * Number(y >= SIDE / 2) + Number(x >= SIDE / 2);
      data.set(quarters[quarter] ?? [0, 0, 0], 3 * (y * SIDE + x));
    }
  }
  return { width: SIDE, height: SIDE, data };
}

/** The embedding that the network gives, plane by plane. */
function embeddingOf(quarters: Quarters): number[] {
  return [0, 1, 2].flatMap((plane) => quarters.map((color) => (color[plane] ?? 0) - 127.5));
}

function mirror([a, b, c, d]: Quarters): Quarters {
  return [b, a, d, c].flatMap((color) => (color === undefined ? [] : [color]));
}

/** Genuine, then impostor pairs of each fold, every image twice as like to the other one of its person. */
type Made = { readonly left: string; readonly right: string; readonly same: boolean; readonly fold: number };

/** Draws the images of pairs, writes them below a folder, and gives the pairs with known embeddings. */
async function drawPairs(root: string, seed: number, nameOf: (pair: number, side: "a" | "b") => string) {
  const stream = random(seed, "quarters");
  const color = (): [number, number, number] => [0, 0, 0].map(() => stream.integer(256)) as [number, number, number];
  const quarters = (): Quarters => [color(), color(), color(), color()];
  const rows: Quarters[] = [];
  const made: Made[] = [];
  for (let i = 0; i < FOLDS * 2 * PER_KIND; i++) {
    const same = i % (2 * PER_KIND) < PER_KIND;
    const [first, other] = [quarters(), quarters()];
    const second = first.map((value, quarter) =>
      stream.uniform(0, 1) < (same ? 0.7 : 0.25) ? value : (other[quarter] ?? value),
    );
    const pair = { left: nameOf(i, "a"), right: nameOf(i, "b"), same, fold: Math.floor(i / (2 * PER_KIND)) };
    for (const [name, image] of [
      [pair.left, first],
      [pair.right, second],
    ] as const) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), await encodeImage(imageOf(image), { format: "png" }));
      rows.push(image);
    }
    made.push(pair);
  }
  return { made, rows };
}

function verify(rows: readonly Quarters[], made: readonly Made[], rule: VerificationRule = "exact") {
  const single = rule !== "insightface";
  const wide = rows.map((row) => (single ? embeddingOf(row) : [...embeddingOf(row), ...embeddingOf(mirror(row))]));
  const data = Float32Array.from(wide.flat());
  const pairs = made.map(({ same, fold }, i): VerificationPair => ({ left: 2 * i, right: 2 * i + 1, same, fold }));
  const size = single ? 12 : 24;
  return verifyFolds({ count: rows.length, size, data }, pairs, { rule, viewCount: single ? 1 : 2 });
}

/** The list of an LFW-like set: names are `p17/p17_0001`. */
const lfwName = (pair: number, side: "a" | "b") => `p${pair}${side}/p${pair}${side}_0001.png`;
const lfwLine = ({ left, right, same }: Made, i: number) =>
  same ? `p${i}\t1\t2` : `${left.replace(/\/.*/, "")}\t1\t${right.replace(/\/.*/, "")}\t1`;
const genuineName = (pair: number, side: "a" | "b") => `p${pair}/p${pair}_000${side === "a" ? 1 : 2}.png`;
const isGenuine = (pair: number) => pair % (2 * PER_KIND) < PER_KIND;
const anyName = (pair: number, side: "a" | "b") => (isGenuine(pair) ? genuineName : lfwName)(pair, side);

describe("cosface evaluate --protocol", () => {
  it("lfw and xqlfw score LFW's lists, the latter by the quality of the worse image", {
    timeout: 120_000,
  }, async () => {
    const { made, rows } = await drawPairs(at("lfw"), 1, anyName);
    await writeFile(at("pairs.txt"), `${FOLDS}\t${PER_KIND}\n${made.map(lfwLine).join("\n")}\n`);
    const lfw = await evaluateProtocol("lfw", { images: at("lfw"), pairs: at("pairs.txt") }, options());
    const wanted = verify(rows, made);
    expect(lfw).toMatchObject({ protocol: "lfw", accuracy: wanted.accuracy, pairCount: 60, folds: wanted.folds });
    expect(lfw.genuineScores).toEqual(wanted.genuineScores);
    expect(lfw.accuracy).toBeGreaterThan(0.6);
    expect(lfw.accuracyInterval.low).toBeLessThan(lfw.accuracy);

    const qualities = made.flatMap(({ left, right }, i) => [`${left} ${i / 100}`, `${right}\t${1 + i / 50}`]);
    await writeFile(at("scores.txt"), `image score\n${qualities.join("\n")}\n`);
    const files = { images: at("lfw"), pairs: at("pairs.txt"), qualities: at("scores.txt") };
    const xqlfw = await evaluateProtocol("xqlfw", files, options());
    const byXqlfw = verify(rows, made, "xqlfw");
    expect(xqlfw).toMatchObject({ protocol: "xqlfw", rule: "xqlfw", folds: byXqlfw.folds });
    const share = (from: number) => byXqlfw.isCorrect.slice(from, from + 20).reduce((a, b) => a + b) / 20;
    expect(xqlfw.byQuality?.map(({ accuracy }) => accuracy)).toEqual([share(0), share(20), share(40)]);
    expect(xqlfw.byQuality?.[1]).toMatchObject({ lowestQuality: 0.2, highestQuality: 0.39, pairCount: 20 });
    const lines = protocols.xqlfw.describe(xqlfw);
    expect(lines[0]).toMatch(/^accuracy {4}\d\d\.\d\d % ± \d+\.\d\d % \(standard deviation of 10 folds, 60 pairs\)$/);
    expect(lines[1]).toMatch(/^interval {4}.* \(95 %, Wilson over all pairs, taken as independent\)$/);
    expect(lines.at(-1)).toMatch(/^quality 0\.400 to 0\.590: \d+\.\d\d % \(95 %: .*, 20 pairs\)$/);
    const json = JSON.parse(JSON.stringify(protocols.xqlfw.toJson(xqlfw)));
    expect(json).toMatchObject({ rule: "xqlfw", accuracy: xqlfw.accuracy, byQuality: [{ pairCount: 20 }, {}, {}] });
    expect(Object.keys(json)).not.toContain("genuineScores");
    await writeFile(at("few.txt"), `${qualities.slice(0, 7).join("\n")}\n`);
    await expect(evaluateProtocol("xqlfw", { ...files, qualities: at("few.txt") }, options())).rejects.toThrow(
      "pairs.txt:5, right: the list of qualities has no line for this image",
    );
  });

  it("calfw and cplfw take two lines a pair, and folds of both halves", async () => {
    const { made, rows } = await drawPairs(at("calfw"), 2, (pair, side) => `${pair}${side}.png`);
    const line = ({ left, right, same }: Made, label: number) => `${left} ${label}\n${right} ${same ? label : 0}`;
    const genuine = made.filter(({ same }) => same).map((pair, i) => line(pair, i + 1));
    const impostor = made.filter(({ same }) => !same).map((pair) => line(pair, 0));
    await writeFile(at("calfw.txt"), [...genuine, ...impostor].join("\n"));
    const files = { images: at("calfw"), pairs: at("calfw.txt") };
    for (const protocol of ["calfw", "cplfw"] as const) {
      const result = await evaluateProtocol(protocol, files, options());
      expect(result).toMatchObject({ protocol, folds: verify(rows, made).folds });
    }
    const zoo = await evaluateProtocol("calfw", { ...files, rule: "facex-zoo" }, options());
    expect(zoo.folds).toEqual(verify(rows, made, "facex-zoo").folds);
    const text = await readFile(at("calfw.txt"), "utf8");
    const wrong = async (content: string, message: string) => {
      await writeFile(at("calfw.txt"), content);
      await expect(evaluateProtocol("calfw", files, options())).rejects.toThrow(message);
    };
    await wrong(text.replace("1a.png 2", "1a.png"), "calfw.txt:3: got 1 field");
    await wrong(text.replace("1a.png 2", "1a.png x"), "calfw.txt:3: got text for the label, expected a number");
    await wrong(text.replace("1a.png 2", "../1a.png 2"), "calfw.txt:3: expected the path of an image below");
    await wrong(text.replace("1a.png 2", "9999.png 2"), "calfw.txt:3, left: no such image, 1 of 120 are missing");
    await wrong(text.split("\n").slice(0, -1).join("\n"), "calfw.txt:119: got a pair's first line alone");
    await wrong(text.split("\n").slice(0, -2).join("\n"), "calfw.txt: got 30 genuine pairs of 59");
  });

  it("agedb takes a MAT-file of splits", async () => {
    const { made, rows } = await drawPairs(at("agedb"), 3, (pair, side) => `${pair}_Name${side}_30_f.png`);
    const named = made.map(({ left, right, ...pair }) => ({
      ...pair,
      left: left.replace(".png", ""),
      right: right.replace(".png", ""),
    }));
    const folds = Array.from({ length: FOLDS }, (_, fold) => named.filter((pair) => pair.fold === fold));
    await writeFile(at("agedb.mat"), matFile([ageDbSplits(folds)]));
    const files = { images: at("agedb"), pairs: at("agedb.mat") };
    expect(await evaluateProtocol("agedb", files, options())).toMatchObject({ folds: verify(rows, made).folds });
    await writeFile(at("agedb.mat"), matFile([ageDbSplits([[], []])]));
    await expect(evaluateProtocol("agedb", files, options())).rejects.toThrow("agedb.mat: split 1: got 0 images for 0");
  });

  it("cfp scores both tests, whose second images are of two lists", async () => {
    const frontal = (index: number) => `${String(index).padStart(3, "0")}/frontal/01.png`;
    const profile = (index: number) => `${String(index).padStart(3, "0")}/profile/01.png`;
    const root = at("cfp", "Data", "Images");
    const { made: ff, rows: ffRows } = await drawPairs(root, 4, (pair, side) =>
      frontal(2 * pair + Number(side === "b") + 1),
    );
    const { made: fp, rows: fpRows } = await drawPairs(root, 5, (pair, side) =>
      side === "a" ? frontal(201 + pair) : profile(pair + 1),
    );
    const protocol = at("cfp", "Protocol");
    await mkdir(protocol, { recursive: true });
    const list = (count: number, name: (index: number) => string) =>
      Array.from({ length: count }, (_, i) => `${i + 1} ../Data/Images/${name(i + 1).replace(".png", ".jpg")}`).join(
        "\r\n",
      );
    await writeFile(join(protocol, "Pair_list_F.txt"), list(260, frontal));
    await writeFile(join(protocol, "Pair_list_P.txt"), list(60, profile));
    for (const [test, pairs] of [
      ["FF", ff],
      ["FP", fp],
    ] as const) {
      for (let fold = 0; fold < FOLDS; fold++) {
        const path = join(protocol, "Split", test, String(fold + 1).padStart(2, "0"));
        await mkdir(path, { recursive: true });
        for (const same of [true, false]) {
          const own = pairs.filter((pair) => pair.fold === fold && pair.same === same);
          const numbers = own.map(({ left, right }) => [left, right].map((name) => Number(name.slice(0, 3))).join(","));
          await writeFile(join(path, same ? "same.txt" : "diff.txt"), `${numbers.join("\n")}\n`);
        }
      }
    }
    const files = { images: root, pairs: protocol };
    const { tests } = await evaluateProtocol("cfp", files, options());
    expect(tests.map(({ test, folds }) => ({ test, folds }))).toEqual([
      { test: "FF", folds: verify(ffRows, ff).folds },
      { test: "FP", folds: verify(fpRows, fp).folds },
    ]);
    const result = await evaluateProtocol("cfp", files, options({ store: embeddingsStore(at("cfp-store")) }));
    const lines = protocols.cfp.describe(result);
    expect(lines.map((line) => line.slice(0, 12).trim())).toEqual(["CFP-FF", "", "CFP-FP", "", "variant"]);
    expect(protocols.cfp.toJson(result)).toMatchObject({ tests: [{ test: "FF", pairCount: 60 }, { test: "FP" }] });
    await writeFile(join(protocol, "Split", "FP", "03", "diff.txt"), "7,3\n8,61\n");
    await expect(evaluateProtocol("cfp", files, options())).rejects.toThrow(
      "Split/FP/03/diff.txt:2, right: got '61', expected a number of the list of images",
    );
    await rm(join(protocol, "Split", "FP", "10", "same.txt"));
    await writeFile(join(protocol, "Split", "FP", "03", "diff.txt"), "7,3\n");
    await expect(evaluateProtocol("cfp", files, options())).rejects.toThrow("same.txt: there is no such file");
  });

  it("rfw scores each race, and all at one threshold", async () => {
    const races = ["African", "Asian", "Caucasian", "Indian"];
    const wanted: number[] = [];
    for (const [i, race] of races.entries()) {
      const { made, rows } = await drawPairs(at("rfw", "data", race), 10 + i, anyName);
      await mkdir(at("rfw", "txts", race), { recursive: true });
      await writeFile(at("rfw", "txts", race, `${race}_pairs.txt`), `${made.map(lfwLine).join("\n")}\n`);
      wanted.push(verify(rows, made).accuracy);
    }
    const files = { images: at("rfw", "data"), pairs: at("rfw", "txts") };
    const result = await evaluateProtocol("rfw", files, options());
    expect(result.races.map(({ race }) => race)).toEqual(races);
    expect(result.races.map(({ accuracy }) => accuracy)).toEqual(wanted);
    expect(result.spread.skewedErrorRatio).toBeCloseTo((1 - Math.min(...wanted)) / (1 - Math.max(...wanted)), 12);
    const lines = protocols.rfw.describe(result);
    expect(lines.filter((line) => line.startsWith("Asian"))).toHaveLength(2);
    expect(lines.filter((line) => line.includes("skewed error ratio"))).toHaveLength(2);
    const json = JSON.stringify(protocols.rfw.toJson(result));
    expect(JSON.parse(json)).toMatchObject({ spread: result.spread, races: [{ race: "African" }, {}, {}, {}] });
    expect(json).not.toContain("isCorrect");
    await writeFile(at("rfw", "txts", "Asian", "Asian_pairs.txt"), "one\t1\n".repeat(10));
    await expect(evaluateProtocol("rfw", files, options())).rejects.toThrow("Asian_pairs.txt:1: got 2 fields");
  });

  it("bin takes InsightFace's files, one or a folder, and adds views in f64", async () => {
    const { made, rows } = await drawPairs(at("bin-images"), 6, (pair, side) => `${pair}${side}.png`);
    const images = await Promise.all(
      made.flatMap(({ left, right }) => [left, right].map((name) => readFile(at("bin-images", name)))),
    );
    await mkdir(at("bins"), { recursive: true });
    await writeFile(at("bins", "cfp_fp.bin"), pickled(images, made));
    const one = await evaluateProtocol("bin", { images: at("bins", "cfp_fp.bin") }, options());
    const wanted = verify(rows, made, "insightface");
    expect(one.tests).toMatchObject([{ test: "cfp_fp", folds: wanted.folds, validation: wanted.validation }]);
    expect(one.variant).toContain("insightface: flip=sum");
    const lines = protocols.bin.describe(one);
    expect(lines[0]).toBe("test        cfp_fp");
    expect(lines.find((line) => line.startsWith("VAL"))).toMatch(/ at FAR 0\.001, measured as \d\.\d{5}$/);
    await writeFile(at("bins", "lfw.bin"), pickled(images.toReversed(), made.toReversed()));
    const both = await evaluateProtocol("bin", { images: at("bins") }, options());
    expect(both.tests.map(({ test }) => test)).toEqual(["cfp_fp", "lfw"]);
    expect(protocols.bin.describe(both).filter((line) => /^(cfp_fp|lfw) /.test(line))).toHaveLength(2);
    await writeFile(at("bins", "lfw.bin"), pickled(images, made).subarray(0, 5000));
    await expect(evaluateProtocol("bin", { images: at("bins") }, options())).rejects.toThrow("lfw.bin: truncated");
  });
});

describe("several models", () => {
  it("are put side by side or added, each by its own contract, and the variant says so", async () => {
    const { made, rows } = await drawPairs(at("fused"), 7, anyName);
    await writeFile(at("fused.txt"), `${FOLDS}\t${PER_KIND}\n${made.map(lfwLine).join("\n")}\n`);
    const files = { images: at("fused"), pairs: at("fused.txt") };
    const two = [model, at("mirrored.onnx")];
    const { id } = { id: /^concat\([0-9a-f]{16},[0-9a-f]{16}\)$/ };
    const fused = await evaluateProtocol("lfw", files, options({ model: two }));
    expect(fused.model).toMatch(id);
    expect(fused.variant).toMatch(/^ensemble=concat of 2 networks' unit embeddings, flips none and concat, /);
    // The cosine of unit embeddings side by side is the mean of the two cosines.
    const [first, second] = await Promise.all(
      two.map((one) => evaluateProtocol("lfw", files, options({ model: one }))),
    );
    for (const [i, score] of fused.genuineScores.entries()) {
      expect(score).toBeCloseTo(((first?.genuineScores[i] ?? 0) + (second?.genuineScores[i] ?? 0)) / 2, 5);
    }
    await expect(evaluateProtocol("lfw", files, options({ model: two, fuse: "sum" }))).rejects.toThrow(
      "--fuse sum: got embeddings of 12 and 24 numbers: use --fuse concat",
    );
    const same = await evaluateProtocol("lfw", files, options({ model: [model, model], fuse: "sum" }));
    expect(same.folds.map(({ accuracy }) => accuracy)).toEqual(
      verify(rows, made).folds.map(({ accuracy }) => accuracy),
    );
    await expect(evaluateProtocol("lfw", files, options({ fuse: "sum" }))).rejects.toThrow("has no effect with one");
  });
});

describe("kept embeddings", () => {
  it("give the same result without the network, and for another protocol", async () => {
    const { made } = await drawPairs(at("kept"), 8, anyName);
    await writeFile(at("kept.txt"), `${FOLDS}\t${PER_KIND}\n${made.map(lfwLine).join("\n")}\n`);
    const files = { images: at("kept"), pairs: at("kept.txt") };
    const store = embeddingsStore(at("store"));
    const [gets, adds] = [vi.fn(), vi.fn()];
    const counting = {
      of: async (id: string) => {
        const kept = await store.of(id);
        return {
          get: async (key: string) => {
            const found = await kept.get(key);
            gets(found !== undefined);
            return found;
          },
          add: async (...parts: Parameters<typeof kept.add>) => {
            adds(parts[0].length);
            await kept.add(...parts);
          },
        };
      },
    };
    const before = await evaluateProtocol("lfw", files, options({ store: counting }));
    expect(adds.mock.calls).toEqual([[120]]);
    gets.mockClear();
    const again = await evaluateProtocol("lfw", files, options({ store: counting }));
    expect(gets.mock.calls.every(([isFound]) => isFound === true)).toBe(true);
    expect(again).toEqual(before);
    const other = await evaluateProtocol("xqlfw", files, options({ store: counting }));
    expect(adds.mock.calls.filter(([count]) => count > 0)).toEqual([[120]]);
    expect(other.genuineScores).toEqual(before.genuineScores);
  });
});

describe("the command", () => {
  /** What `cosface evaluate WORDS` prints. */
  async function evaluate(...words: readonly string[]): Promise<string> {
    let text = "";
    const write = vi.spyOn(process.stdout, "write").mockImplementation((part) => {
      text += part;
      return true;
    });
    await (await createProgram("evaluate")).parseAsync(["evaluate", ...words, "--threads", "1"], { from: "user" });
    write.mockRestore();
    return text;
  }

  it("takes several models and a rule, and keeps embeddings unless told otherwise", async () => {
    const { made } = await drawPairs(at("command"), 9, anyName);
    await writeFile(at("command.txt"), `${FOLDS}\t${PER_KIND}\n${made.map(lfwLine).join("\n")}\n`);
    const words = ["--images", at("command"), "--pairs", at("command.txt"), "--json"];
    const kept = () => readdir(at("cache", "cosface", "embeddings")).catch((): string[] => []);
    const without = JSON.parse(await evaluate(model, ...words, "--no-keep-embeddings"));
    expect(await kept()).toEqual([]);
    const result = JSON.parse(await evaluate(model, ...words));
    expect(result).toEqual(without);
    expect(result).toMatchObject({ protocol: "lfw", rule: "exact", pairCount: 60, model: expect.any(String) });
    expect(await kept()).toHaveLength(1);
    const fused = JSON.parse(await evaluate(`${model},${at("mirrored.onnx")}`, ...words, "--rule", "xqlfw"));
    expect(fused.variant).toMatch(/^ensemble=concat of 2 .*, xqlfw: /);
    expect(await kept()).toHaveLength(2);
    await expect(evaluate(model, ...words, "--rule", "insightface", "--centering")).rejects.toThrow(
      "--centering has no effect with --rule insightface",
    );
    await expect(evaluate(model, "--protocol", "ytf", "--pairs", "x", "--rule", "exact")).rejects.toThrow(
      "option '--rule' has no effect unless --protocol is lfw or bin or cfp",
    );
  });
});

/** A pickle of protocol 2: ([bytes, …], [bool, …]). */
function pickled(images: readonly Uint8Array[], pairs: readonly { readonly same: boolean }[]): Buffer {
  const length = (count: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(count);
    return bytes;
  };
  const op = (...codes: readonly number[]) => Buffer.from(codes);
  return Buffer.concat([
    op(0x80, 2, 0x5d, 0x28),
    ...images.flatMap((image) => [op(0x54), length(image.length), image]),
    op(0x65, 0x5d, 0x28),
    ...pairs.map(({ same }) => op(same ? 0x88 : 0x89)),
    op(0x65, 0x86, 0x2e),
  ]);
}
