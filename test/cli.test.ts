import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { syntheticFaces } from "../src/training/synthetic/index.ts";
import { type CliOutcome, runCli } from "./support/run-cli.ts";

const COMMAND = join(import.meta.dirname, "..", "bin", "cosface.js");

const run = (...words: readonly string[]) => runCli(words);

/** What a command prints with --json. */
async function runJson(...words: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await run(...words, "--json");
  expect(code).toBe(0);
  for (const line of stderr.trim().split("\n").filter(Boolean)) expect(JSON.parse(line)).toHaveProperty("note");
  return JSON.parse(stdout);
}

let folder: string;
/** Three synthetic identities, two images each, and a list of pairs of them. */
let faces: string;
let pairs: string;
const images: Uint8Array[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-cli-"));
  faces = join(folder, "faces");
  const dataset = syntheticFaces({ identityCount: 3, imagesPerIdentity: 2, seed: 1, width: 24, height: 24 });
  for (let index = 0; index < dataset.sampleCount; index++) {
    const name = "abc"[dataset.labels[index]!]!;
    const bytes = await dataset.readBytes(index);
    images.push(bytes);
    await mkdir(join(faces, name), { recursive: true });
    await writeFile(join(faces, name, `${name}_000${(index % 2) + 1}.jpg`), bytes);
  }
  await writeFile(join(faces, "notes.txt"), "no image");
  pairs = join(folder, "pairs.txt");
  await writeFile(pairs, "2 1\na 1 2\na 1 b 1\nb 1 2\nb 2 c 2\n");
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.concurrent("cosface", () => {
  it("lists its commands", async ({ expect }) => {
    const { code, stdout, stderr } = await run("--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: cosface /);
    for (const name of ["train", "evaluate", "networks", "bounds", "pack", "unpack", "doctor"]) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
    }
  });

  it("says nothing when the reader of its output is gone", async ({ expect }) => {
    const child = spawn(process.execPath, [COMMAND, "networks"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe.concurrent("--json of", () => {
  it("networks: name, input, embedding size and costs of each", async ({ expect }) => {
    const networks = (await runJson("networks")) as Readonly<Record<string, unknown>>[];
    for (const network of networks) {
      expect(Object.keys(network)).toEqual(["name", "input", "embeddingSize", "parameters", "macs"]);
    }
    // 22.67 M parameters and 1.75 G multiplications: the table of the networks' own papers and releases.
    const sphere20 = networks.find(({ name }) => name === "sphere20")!;
    expect(sphere20).toMatchObject({ input: [3, 112, 96], embeddingSize: 512 });
    expect((sphere20.parameters as number) / 1e6).toBeCloseTo(22.67, 2);
    expect((sphere20.macs as number) / 1e9).toBeCloseTo(1.75, 2);
  });

  it("bounds: the paper's toy, by hand: 1 − cos 45° is the largest margin", async ({ expect }) => {
    const words = ["--identities", "8", "--dimension", "2", "--posterior", "0.9"];
    const report = (await runJson("bounds", ...words)) as Readonly<Record<string, unknown>>;
    expect(Object.keys(report)).toEqual([
      "scaleLowerBound",
      "scaleExact",
      "marginUpperBound",
      "marginUpperBoundKind",
      "packing",
      "advice",
    ]);
    expect(report.scaleLowerBound).toBeCloseTo((7 / 8) * Math.log((7 * 0.9) / 0.1), 10);
    expect(report.scaleExact).toBeCloseTo(9.87, 2);
    expect(report.marginUpperBound).toBeCloseTo(1 - Math.SQRT1_2, 10);
    expect(report.marginUpperBoundKind).toBe("circle-exact");
  });
});

describe.concurrent("pack and unpack", () => {
  it("give the same bytes back", async ({ expect }) => {
    const packed = join(folder, "packed");
    const file = join(packed, "train.rec");
    const unpacked = join(folder, "unpacked");
    const { bytes, ...rest } = (await runJson("pack", faces, packed)) as { bytes: number };
    const counts = { identityCount: 3, sampleCount: 6 };
    const passedOver = { count: 1, reasons: [{ reason: "text", count: 1, names: ["notes.txt"] }] };
    expect(rest).toEqual({ file, ...counts, skippedFileCount: 1, notImageCount: 0, passedOver });
    const recordFile = await readFile(file);
    expect(recordFile.length).toBe(bytes);

    expect(await runJson("unpack", file, unpacked)).toEqual({ folder: unpacked, ...counts });
    const paths = (await readdir(unpacked, { recursive: true })).filter((path) => path.includes(".")).sort();
    expect(paths).toEqual(
      [0, 1, 2].flatMap((label) => [0, 1].map((n) => join(`0000${label}`, `00000${n}.${ending(images[0]!)}`))),
    );
    for (const [index, path] of paths.entries()) {
      expect(Buffer.compare(await readFile(join(unpacked, path)), images[index]!)).toBe(0);
    }
  });
});

describe.concurrent("an error in one line for", () => {
  const cases: readonly (readonly [what: string, words: () => readonly string[], message: RegExp])[] = [
    ["an unknown command", () => ["trian"], /unknown command 'trian' \(Did you mean train\?\)/],
    ["a word for a number", () => ["bounds", "--identities", "eight"], /--identities.* got 'eight', expected a number/],
    [
      "a missing model",
      () => ["evaluate", join(folder, "none.onnx"), "--images", faces, "--pairs", pairs],
      /cannot read '.*none\.onnx'/,
    ],
  ];

  it.each(cases)("%s", async (_what, words, message) => {
    const outcome = await run(...words());
    expectRefusal(outcome, message);
  });
});

/** One line on stderr, nothing on stdout, and the exit code of an error. */
function expectRefusal({ code, stdout, stderr }: CliOutcome, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^error: [^\n]+\n$/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
}

function ending(bytes: Uint8Array): string {
  return bytes[0] === 0x89 ? "png" : "jpg";
}
