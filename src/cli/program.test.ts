import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { packDataset } from "../base/data/index.ts";
import { encodeImage } from "../base/image/index.ts";
import { syntheticFaces } from "../training/synthetic/index.ts";
import { commandNames, createProgram } from "./program.ts";

/** What `cosface NAME --help` prints on a terminal of 80 columns. */
async function help(name: string): Promise<string> {
  const command = (await createProgram(name)).commands.find((found) => found.name() === name)!;
  let text = "";
  const writeOut = (part: string) => {
    text += part;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => 80, getOutHasColors: () => false }).outputHelp();
  return text;
}

describe("an error of use", () => {
  it.each([
    [["networks", "--jason"], "unknown option '--jason' (Did you mean --json?) (see cosface networks --help)"],
    [["bounds", "--identities", "8"], "required option '--dimension <K>' not specified (see cosface bounds --help)"],
    [
      ["bounds", "--posterior", "1"],
      "option '--posterior <P>' argument '1' is invalid. got '1', expected a number between 0 and 1 (see cosface bounds --help)",
    ],
    [
      ["verify", "a", "b", "--face", "first"],
      "option '--face <rule>' argument 'first' is invalid. got 'first', expected one of only, largest (see cosface verify --help)",
    ],
    [["pack", "faces"], "missing required argument 'out' (see cosface pack --help)"],
    [["gallery", "lst"], "unknown command 'lst' (Did you mean list?) (see cosface gallery --help)"],
    [["trian"], "unknown command 'trian' (Did you mean train?) (see cosface --help)"],
  ])("%j is one line", async (words, message) => {
    const running = (await createProgram(words[0])).parseAsync(words, { from: "user" });
    await expect(running).rejects.toMatchObject({ code: "COSFACE_OPTION", message });
  });

  it.each([
    [["evaluate", "default", "--images", "x", "--detector", "y"], "'--detector' has no effect without --align"],
    [
      ["evaluate", "default", "--images", "x", "--distractors", "y"],
      "'--distractors' has no effect unless --protocol is megaface",
    ],
    [["train", "--data", "x", "--out", "y", "--m2", "0.3"], "'--m2' has no effect unless --loss is combined"],
    [
      ["train", "--data", "x", "--out", "y", "--verify-every", "5"],
      "'--verify-every' has no effect without --verify-images or --from",
    ],
    [
      ["train", "--data", "x", "--out", "y", "--epochs", "5", "--iterations", "5"],
      "'--iterations <n>' cannot be used with option '--epochs <n>'",
    ],
    [
      ["verify", "a", "b", "--far", "0.1", "--threshold", "0.5"],
      "'--threshold <cosine>' cannot be used with option '--far <rate>'",
    ],
    [
      ["embed", "a", "--aligned", "--detector", "mediapipe"],
      "'--aligned' cannot be used with option '--detector <model>'",
    ],
  ])("%j is refused: an option would have no effect", async (words, message) => {
    const running = (await createProgram(words[0])).parseAsync(words, { from: "user" });
    await expect(running).rejects.toMatchObject({
      code: "COSFACE_OPTION",
      message: `option ${message} (see cosface ${words[0]} --help)`,
    });
  });
});

describe("a command refuses", () => {
  let folder: string;
  let packed: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cosface-program-"));
    packed = join(folder, "packed");
    const size = { width: 24, height: 24 };
    await packDataset(syntheticFaces({ identityCount: 2, imagesPerIdentity: 2, seed: 1, ...size }), packed);
    const file = await readFile(join(packed, "train.rec"));
    await writeFile(join(packed, "cut.rec"), file.subarray(0, file.length - 5));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each<[command: string, words: () => readonly string[], message: RegExp]>([
    ["pack", () => [join(folder, "none"), join(folder, "out")], /^no folder at '.*none', expected/],
    ["pack", () => [folder, join(folder, "out", "train.rec")], /^got '.*train\.rec', expected a folder/],
    ["pack", () => [folder, packed], /^'.*train\.rec' exists: name another folder/],
    ["unpack", () => [join(folder, "none.rec"), join(folder, "out")], /^none\.rec: cannot be opened/],
    ["unpack", () => [join(packed, "cut.rec"), join(folder, "out")], /^cut\.rec: truncated/],
    ["unpack", () => [join(packed, "train.rec"), packed], /^unpack: the output folder is not empty/],
    ["train", () => ["--data", join(folder, "none"), "--out", join(folder, "out")], /^data set: nothing at/],
    [
      "bounds",
      () => ["--identities", "1", "--dimension", "2"],
      /identities: got 1, expected a whole number of at least 2/,
    ],
    ["bounds", () => ["--identities", "8", "--dimension", "2", "--margin", "3"], /margin: got 3, expected .* \[0, 2\]/],
    ["bounds", () => ["--identities", "8", "--dimension", "2", "--scale", "-1"], /scale: got -1, expected a positive/],
  ])("%s, and leaves everything as it was", async (command, words, message) => {
    const before = await readdir(folder, { recursive: true });
    const running = (await createProgram(command)).parseAsync([command, ...words()], { from: "user" });
    await expect(running).rejects.toMatchObject({
      code: expect.stringMatching(/^COSFACE_/),
      message: expect.stringMatching(message),
    });
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });
});

it("pack says which files it packs that are not images, though their names say so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cosface-program-"));
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const remark = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const image = { width: 2, height: 2, data: new Uint8Array(12) };
    for (const name of ["a", "b"]) {
      await mkdir(join(folder, "faces", name), { recursive: true });
      await writeFile(join(folder, "faces", name, "1.png"), await encodeImage(image, { format: "png" }));
    }
    await writeFile(join(folder, "faces", "b", "2.jpg"), "text");
    const words = ["pack", join(folder, "faces"), join(folder, "packed"), "--json"];
    await (await createProgram("pack")).parseAsync(words, { from: "user" });
    const packed = JSON.parse(write.mock.calls.map(([text]) => text).join(""));
    expect(packed).toMatchObject({ sampleCount: 3, notImageCount: 1 });
    expect(remark.mock.calls.join("")).toContain("not those of an image: 1 (identity 1, image 2)");
  } finally {
    vi.restoreAllMocks();
    await rm(folder, { recursive: true });
  }
});

describe("--version", () => {
  it("is the package's", async () => {
    const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
    expect((await createProgram()).version()).toBe((JSON.parse(text) as { version: string }).version);
  });
});

describe("help", () => {
  it.each(commandNames)("of %s has examples that name the command", async (name) => {
    expect(await help(name)).toMatch(new RegExp(`Examples?:\\n(?:  .*\\n)*  cosface ${name}`));
  });

  it.each(commandNames)("of %s has no trailing blanks, and --json", async (name) => {
    expect(await help(name)).not.toMatch(/[ \t]$/m);
    expect(await help(name)).toContain("--json");
  });
});
