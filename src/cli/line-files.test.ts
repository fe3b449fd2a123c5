import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GalleryError, OptionError } from "../base/core/index.ts";
import { openLines, writeLines } from "./line-files.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-lines-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Lines; one spans several chunks, and some hold characters of several bytes. */
async function* lines(error?: Error): AsyncGenerator<string> {
  yield* ["first", "", "Zoë 🙂", "x".repeat(200_000), "é".repeat(70_001)];
  if (error !== undefined) throw error;
}

async function all(of: AsyncIterable<string>): Promise<string[]> {
  const read: string[] = [];
  for await (const line of of) read.push(line);
  return read;
}

describe.each([{ gzip: false }, { gzip: true }])("a file of lines with %j", (format) => {
  const file = (name: string) => join(folder, `${name}-${format.gzip}`);

  it("gives back what was written", async () => {
    await writeLines(file("whole"), lines(), format);
    expect(await all(await openLines(file("whole"), format))).toEqual(await all(lines()));
    for await (const line of await openLines(file("whole"), format)) {
      expect(line).toBe("first");
      break;
    }
  });

  it("does not exist when the lines end with an error", async () => {
    await expect(writeLines(file("half"), lines(new RangeError("no more")), format)).rejects.toThrow("no more");
    expect((await readdir(folder)).filter((name) => name.startsWith("half"))).toEqual([]);
  });

  it("replaces no other file", async () => {
    await writeFile(file("taken"), "mine");
    await expect(writeLines(file("taken"), lines(), format)).rejects.toThrow(OptionError);
    expect(await readFile(file("taken"), "utf8")).toBe("mine");
  });
});

it("a line beyond measure is refused before it is read, and lines after long ones are whole", async () => {
  const file = join(folder, "endless");
  await writeFile(
    file,
    gzipSync(Buffer.concat([Buffer.from("first\n"), Buffer.alloc(130_000_000, "x")]), { level: 1 }),
  );
  const reading = all(await openLines(file, { gzip: true }));
  await expect(reading).rejects.toThrow("line 2: got more than 100000000 characters");
  await writeFile(file, `${"a".repeat(3_000_000)}\nb\n\nc`);
  expect((await all(await openLines(file, { gzip: false }))).map((line) => line.length)).toEqual([3_000_000, 1, 0, 1]);
});

describe("a file of gzip", () => {
  it.each([
    ["cut off", (bytes: Buffer) => bytes.subarray(0, -9)],
    ["changed", (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -8), Buffer.alloc(8)])],
    ["plain text", () => Buffer.from("plain text")],
  ])("that is %s is refused", async (name, damage) => {
    const file = join(folder, name);
    await writeLines(file, lines(), { gzip: true });
    await writeFile(file, damage(await readFile(file)));
    await expect(all(await openLines(file, { gzip: true }))).rejects.toThrow(GalleryError);
  });

  it("that does not exist is refused at once", async () => {
    const file = join(folder, "missing");
    await expect(openLines(file, { gzip: true })).rejects.toMatchObject({ code: "COSFACE_GALLERY", file });
  });
});
