/**
 * The commands over a gallery, one after the other as an administrator would use them: synthetic people, pooled pixels.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createDatabase } from "../../../../test/support/galleries.ts";
import { encodeImage } from "../../../base/image/index.ts";
import { averagePool, input, reshape } from "../../../compiler/graph/index.ts";
import { writeOnnx } from "../../../compiler/onnx/index.ts";
import { contractMetadata } from "../../../faces/embedder/index.ts";
import { receiptDigest } from "../../../service/gallery/index.ts";
import { renderFace, syntheticIdentity } from "../../../training/synthetic/index.ts";
import { createProgram } from "../../program.ts";

const PEOPLE = 3;
const IMAGES = 2;
const server = process.env.COSFACE_TEST_DATABASE_URL;

let folder: string;
const model = (std: number) => join(folder, `pixels-${std}.onnx`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-gallery-cli-"));
  for (let person = 0; person < PEOPLE; person++) {
    await mkdir(join(folder, "people", `person ${person}`), { recursive: true });
    for (let image = 0; image < IMAGES; image++) {
      const face = renderFace(syntheticIdentity(3, person), { seed: 10 * person + image, difficulty: 0.05 }).image;
      const bytes = await encodeImage(face, { format: "png" });
      await writeFile(join(folder, "people", `person ${person}`, `${image}.png`), bytes);
    }
  }
  const pooled = averagePool(input("images", "f32", [1, 3, 112, 112]), { kernel: [7, 7], stride: [7, 7] });
  for (const std of [50, 60]) {
    const contract = { inputSize: [112, 112], embeddingSize: 768, channels: "rgb", mean: 110, std } as const;
    const metadata = contractMetadata({ ...contract, template: "arcface", flip: "none" });
    const graph = { name: "pixels", outputs: { embedding: reshape(pooled, [1, 768]) } };
    await writeFile(model(std), writeOnnx(graph, { metadata }));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a command prints on standard output. */
async function run(...words: readonly string[]): Promise<string> {
  let text = "";
  const out = vi.spyOn(process.stdout, "write").mockImplementation((part) => {
    text += part;
    return true;
  });
  const err = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    await (await createProgram(words[0])).parseAsync(words, { from: "user" });
    return text;
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

const engines = ["pglite", ...(server === undefined ? [] : ["postgres"])];

describe.each(engines)("the gallery's commands on %s", (engine) => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const step of cleanUp) await step();
  });

  /** Flags of an empty place. */
  async function newPlace(name: string): Promise<string[]> {
    if (engine === "pglite") return ["--data", join(folder, name)];
    const { location, remove } = await createDatabase(server!);
    cleanUp.push(remove);
    return ["--database-url", location];
  }

  it("enroll, list, merge, re-embed, delete, export, import, back up and restore", { timeout: 300_000 }, async () => {
    const place = await newPlace("first");
    const json = async (...words: readonly string[]) => JSON.parse(await run(...words, ...place, "--json"));
    const file = (name: string) => join(folder, `${engine}-${name}`);
    if (engine === "pglite") {
      await expect(run("gallery", "list", ...place)).rejects.toThrow(
        /no gallery in .*: make one with cosface gallery enroll/,
      );
      expect(await readdir(folder)).not.toContain("first");
    }

    const enroll = ["gallery", "enroll", "staff", join(folder, "people"), "--aligned", "--keep-pictures"];
    const passedOver = { count: 0, reasons: [] };
    const counts = { collection: "staff", passedOver, photographCount: 6, leftOutCount: 0 };
    const enrolled = await json(...enroll, "--model", model(50), "--threads", "1");
    expect(enrolled).toEqual({ ...counts, enrolledCount: 6, knownCount: 0 });
    // The second time, nothing is left to do.
    const again = await json(...enroll, "--model", model(50), "--threads", "1");
    expect(again).toEqual({ ...counts, enrolledCount: 0, knownCount: 6 });
    expect(await run("gallery", "list", ...place)).toMatch(/^staff: 6 templates of model \w+, 768-d\n1 collection\n$/);

    expect(await json("gallery", "merge", "staff", "person 1", "person 0")).toMatchObject({ movedCount: 2 });
    const [collection] = await json("gallery", "list");
    await expect(json("gallery", "reembed", "staff", "--from", model(60), "--model", model(60))).rejects.toThrow(
      /--from: got model '\w+', but the collection has embeddings of '\w+'/,
    );
    const moved = await json("gallery", "reembed", "staff", "--from", model(50), "--model", model(60));
    expect(moved).toMatchObject({ embeddedCount: 6, droppedCount: 0, withoutTemplates: [] });
    expect((await json("gallery", "list"))[0]).toEqual({ ...collection, model: moved.model });

    const receipt = await json("gallery", "delete", "staff", "person 2", "--receipt", file("receipt"));
    expect(receipt).toMatchObject({ templateIds: [expect.any(String), expect.any(String)], thumbnailCount: 2 });
    expect(JSON.parse(await readFile(file("receipt"), "utf8"))).toEqual(receipt);
    expect(receiptDigest({ ...receipt, deletedAt: new Date(receipt.deletedAt) })).toBe(receipt.digest);
    await expect(run("gallery", "delete", "staff", ...place)).rejects.toThrow(
      /the name of a person or --whole-collection/,
    );

    await run("gallery", "export", "staff", file("staff.jsonl"), ...place);
    const lines = await readFile(file("staff.jsonl"), "utf8");
    expect(await run("gallery", "export", "staff", ...place)).toBe(lines);
    await expect(run("gallery", "export", "staff", file("staff.jsonl"), ...place)).rejects.toThrow(
      /exists: name another file/,
    );
    await run("gallery", "delete", "staff", "--whole-collection", ...place);
    const imported = await json("gallery", "import", file("staff.jsonl"), "--name", "others");
    expect(imported).toEqual({ collection: "others", subjectCount: 1, templateCount: 4 });

    const { key, ...info } = await json("keys", "create", "door", "--scope", "read,enroll", "--expires", "2100-01-31");
    expect(info).toMatchObject({ scopes: ["read", "enroll"], expiresAt: "2100-01-31T00:00:00.000Z" });
    expect(await json("keys", "list")).toEqual([info]);
    expect(await run("keys", "list", ...place)).not.toContain(key);

    const { byteCount } = await json("backup", file("backup"));
    const { mode, size } = await stat(file("backup"));
    expect([size, mode & 0o777]).toEqual([byteCount, 0o600]);
    const bytes = await readFile(file("backup"));
    await writeFile(file("cut"), bytes.subarray(0, -20));
    const other = await newPlace("restored");
    await expect(run("restore", file("cut"), ...other)).rejects.toThrow(/is truncated, damaged or not a backup/);
    expect(await run("restore", file("backup"), ...other)).toMatch(/: 1 collections, 1 subjects, 4 templates, 4 thumb/);
    expect(await run("gallery", "list", "others", ...other)).toBe("person 0: 4 templates\n1 person\n");
    await expect(run("restore", file("backup"), ...other)).rejects.toThrow(/there is a gallery already/);

    await json("keys", "revoke", info.id);
    expect(await json("keys", "list")).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.endsWith(".draft"))).toEqual([]);
  });
});

describe("an error of use of the gallery's commands", () => {
  it.each([
    [["keys", "create", "door", "--scope", "all"], /got 'all', expected read, enroll, admin/],
    [["keys", "create", "door", "--scope", "read", "--expires", "soon"], /got 'soon', expected a date/],
  ])("%j is reported", async (words, message) => {
    const program = await createProgram(words[0]);
    await expect(program.parseAsync(words, { from: "user" })).rejects.toThrow(message);
  });
});
