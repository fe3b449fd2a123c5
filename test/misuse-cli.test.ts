/** What commands answer to wrong words, odd files and interruptions: exit codes, errors as text and as JSON. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeImage } from "../src/base/image/index.ts";
import { averagePool, input, reshape } from "../src/compiler/graph/index.ts";
import { writeOnnx } from "../src/compiler/onnx/index.ts";
import { settings } from "../src/service/settings/index.ts";
import { renderFace, syntheticIdentity } from "../src/training/synthetic/index.ts";
import { PIXEL_CONTRACT, writePixelEmbedder } from "./support/networks.ts";
import { type CliOptions, type CliOutcome, runCli } from "./support/run-cli.ts";

let folder: string;
/** Two people with two aligned crops each. */
let people: string;
/** Flags of a network without weights to load, which embeds aligned crops. */
let network: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-misuse-"));
  people = join(folder, "people");
  for (const [person, name] of ["ann", "bob"].entries()) {
    await mkdir(join(people, name), { recursive: true });
    for (const image of [1, 2]) {
      const face = renderFace(syntheticIdentity(3, person), { seed: 10 * person + image, difficulty: 0.05 }).image;
      await writeFile(join(people, name, `${name}_000${image}.png`), await encodeImage(face, { format: "png" }));
    }
  }
  await writeFile(join(folder, "text.jpg"), "not an image");
  const model = join(folder, "pixels.onnx");
  await writePixelEmbedder(model);
  const contract = Object.entries(PIXEL_CONTRACT).flatMap(([name, value]) => [`--${name}`, String(value)]);
  network = ["--model", model, "--aligned", ...contract, "--threads", "1"];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (words: readonly string[], options: CliOptions = {}): Promise<CliOutcome> =>
  runCli(words, { cwd: folder, ...options });
const photograph = (name: string, image: number) => join(people, name, `${name}_000${image}.png`);
const jsonLines = (text: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

describe.concurrent("an error of use", () => {
  it.each([
    [["networks", "--jason"], /unknown option '--jason' \(Did you mean --json\?\)/],
    [["keys", "create", "door", "--scope", "all"], /got 'all', expected read, enroll, admin/],
    [["keys", "create", "door", "--scope", "read", "--expires", "2020-01-01"], /expected a date in the future/],
    [["detect", "x.jpg", "--smallest-face", "0"], /--smallest-face <pixels>.* got '0', expected a number above 0/],
    [["align", "a", "b", "--input", "0x112"], /--input.* got '0x112', expected height and width/],
    [
      ["train", "--data", "x", "--out", "y", "--milestones", "0.5", "--schedule", "cosine"],
      /unless --schedule is step/,
    ],
    [["train", "--data", "x", "--out", "y", "--loss", "softmax", "--margin", "0.3"], /'--margin' has no effect unless/],
    [
      ["train", "--data", "x", "--out", "y", "--loss", "nsl", "--margin-warm-up", "9"],
      /'--margin-warm-up' has no effect/,
    ],
    [["verify", "-", "-"], /standard input holds one image/],
  ])("%j ends with 2 and one line", async (words, message) => {
    const { code, stdout, stderr } = await run(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });

  it("of a group without a command shows the group's help, and ends with 2", async () => {
    const { code, stdout, stderr } = await run(["gallery"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: cosface gallery/);
  });
});

describe.concurrent("with --json, an error is a line of JSON on stderr", () => {
  it("with the code of an option", async () => {
    const { code, stderr } = await run(["verify", "a.jpg", "--json"]);
    expect(code).toBe(2);
    const message = "missing required argument 'b' (see cosface verify --help)";
    expect(jsonLines(stderr)).toEqual([{ error: { code: "COSFACE_OPTION", message } }]);
  });

  it.each([
    ["first", ["text.jpg", "good"], "text.jpg"],
    ["second", ["good", "missing.jpg"], "missing.jpg"],
  ])("with the file: the %s of verify", async (_which, names, file) => {
    const words = names.map((name) => (name === "good" ? photograph("ann", 1) : name));
    const { code, stdout, stderr } = await run(["verify", ...words, ...network, "--threshold", "0.5", "--json"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    const message = expect.stringMatching(new RegExp(`^${file}: `));
    expect(jsonLines(stderr)).toEqual([{ error: { code: "COSFACE_IMAGE", message, file } }]);
  });

  it("with the file of a folder without images", async () => {
    await mkdir(join(folder, "empty"));
    const { code, stderr } = await run(["calibrate", "empty", ...network, "--json"]);
    expect(code).toBe(2);
    const error = { code: "COSFACE_DATASET", message: expect.stringMatching(/^empty: .*no image/), file: "empty" };
    expect(jsonLines(stderr)).toEqual([{ error }]);
  });
});

describe.concurrent("a negative answer ends with 1:", () => {
  it("verify of different people", async () => {
    const words = ["verify", photograph("ann", 1), photograph("bob", 1), ...network, "--threshold", "0.9999"];
    expect(await run(words)).toMatchObject({ code: 1, stderr: "" });
  });

  it("calibrate on too few people, which writes nothing", async () => {
    const file = join(folder, "few.json");
    const words = ["calibrate", people, ...network, "--no-cache", "--out", file];
    const { code, stdout } = await run(words);
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAR 1e-3 +refused: .*\n.*nothing was written/s);
    const json = await run([...words, "--json"]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ file: null, thresholds: [{ threshold: null }, {}, {}] });
    expect(existsSync(file)).toBe(false);
  });
});

describe("files of a folder that are not read", () => {
  let mixed: string;
  beforeAll(async () => {
    mixed = join(folder, "mixed");
    await mkdir(join(mixed, "ann", "deeper"), { recursive: true });
    const bytes = await encodeImage(renderFace(syntheticIdentity(3, 0), { seed: 1 }).image, { format: "png" });
    await writeFile(join(mixed, "ann", "deeper", "no-ending"), bytes);
    await writeFile(
      join(mixed, "loose.png"),
      await encodeImage(renderFace(syntheticIdentity(3, 0), { seed: 2 }).image, { format: "png" }),
    );
    await writeFile(join(mixed, "ann", "notes.txt"), "notes");
    await symlink("nowhere", join(mixed, "ann", "dangling.jpg"));
    await symlink("..", join(mixed, "ann", "loop"));
  });

  it("are reported by embed, which reads each image once, at any depth and without an ending", async () => {
    const { code, stdout, stderr } = await run(["embed", "mixed", ...network]);
    expect(code).toBe(0);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(":")[0])
        .sort(),
    ).toEqual([join("mixed", "ann", "deeper", "no-ending"), join("mixed", "loose.png")]);
    expect(stderr).toMatch(/^3 passed over: .*1 × text \(ann\/notes\.txt\)/);
    expect(stderr).toMatch(/1 × dangling link \(ann\/dangling\.jpg\)/);
  });

  it.each([
    [
      "gallery enroll",
      (name: string) => ["gallery", "enroll", name, "mixed", "--data", join(folder, `data-${name}`), ...network],
    ],
    ["pack", (name: string) => ["pack", "mixed", join(folder, name)]],
    ["align", (name: string) => ["align", "mixed", join(folder, name)]],
  ])("are in the JSON of %s", async (command, words) => {
    const { stdout, stderr } = await run([...words(command.replace(" ", "-")), "--json"]);
    const reasons = [
      { reason: "dangling link", count: 1, names: ["ann/dangling.jpg"] },
      { reason: "image outside of a person's folder", count: 1, names: ["loose.png"] },
    ];
    const passedOver = { count: 4, reasons: expect.arrayContaining(reasons) };
    expect(JSON.parse(stdout)).toMatchObject({ passedOver });
    expect(jsonLines(stderr)[0]).toMatchObject({ note: expect.stringMatching(/^4 passed over: /), passedOver });
  });
});

describe("a network with two embeddings", () => {
  it("is refused with both outputs named, and used with --output", async () => {
    const images = input("images", "f32", [1, 3, 112, 112]);
    const pooled = (side: number) => averagePool(images, { kernel: [side, side], stride: [side, side] });
    const outputs = { small: reshape(pooled(14), [1, 192]), large: reshape(pooled(7), [1, 768]) };
    const model = join(folder, "two.onnx");
    await writeFile(model, writeOnnx({ name: "two", outputs }));
    const [, , ...flags] = network;
    const words = ["embed", photograph("ann", 1), "--model", model, ...flags, "--json"];
    const refused = await run(words);
    expect(refused.code).toBe(2);
    const message = expect.stringMatching(/small.*large.*--output|--output.*small.*large/s);
    expect(jsonLines(refused.stderr)).toMatchObject([{ error: { code: "COSFACE_MODEL", message } }]);
    const { code, stdout } = await run([...words, "--output", "small"]);
    expect(code).toBe(0);
    expect(jsonLines(stdout)[0]?.embedding).toHaveLength(192);
  });
});

describe.concurrent("an interruption", () => {
  it("of embed prints whole lines of what is embedded, and ends with 130", async () => {
    const many = join(folder, "many");
    await mkdir(many);
    const crop = await encodeImage(renderFace(syntheticIdentity(3, 0), { seed: 1 }).image, { format: "png" });
    await Promise.all(Array.from({ length: 600 }, (_, i) => writeFile(join(many, `${i}.png`), [crop, `${i}`])));
    const { code, stdout, stderr } = await run(["embed", many, ...network, "--json"], { signalAtOutput: "SIGINT" });
    expect(code).toBe(130);
    const found = jsonLines(stdout);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(600);
    for (const face of found) expect(face.embedding).toHaveLength(768);
    expect(jsonLines(stderr)[0]).toMatchObject({
      note: expect.stringMatching(/^printing the faces that are embedded/),
    });
  });
});

describe.concurrent("a machine without a gallery", () => {
  it("is told the first steps by cosface alone, until there is a gallery", async () => {
    const empty = await mkdtemp(join(folder, "fresh-"));
    const env = { DATABASE_URL: undefined, COSFACE_DATA: undefined };
    const { code, stdout, stderr } = await run([], { cwd: empty, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: cosface .*\nFirst steps \(there is no gallery/s);
    expect(stdout).toContain(`in ${settings.data.default}\n`);
    await mkdir(join(empty, settings.data.default, "gallery"), { recursive: true });
    expect((await run([], { cwd: empty, env })).stdout).not.toContain("First steps");
  });

  it("stays without one when a command that would make it fails", { timeout: 240_000 }, async () => {
    const empty = await mkdtemp(join(folder, "none-"));
    await writeFile(join(empty, "bad"), "not a backup");
    for (const words of [
      ["restore", "bad"],
      ["gallery", "import", "bad"],
      ["gallery", "import", "missing"],
    ]) {
      const { code, stderr } = await run(words, { cwd: empty });
      expect({ words, code }).toEqual({ words, code: 2 });
      expect(stderr).toMatch(/^error: [^\n]+\n$/);
    }
    const listed = await run(["gallery", "list"], { cwd: empty });
    expect(listed).toMatchObject({ code: 2, stderr: expect.stringMatching(/no gallery .*cosface gallery enroll/) });
    expect(await readdir(empty)).toEqual(["bad"]);
  });
});
