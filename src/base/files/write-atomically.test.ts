import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeAtomically, writeTogether } from "./write-atomically.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-write-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function* failing(): AsyncGenerator<string> {
  yield "half";
  throw new Error("broken off");
}

describe("writeAtomically", () => {
  it("replaces a file by parts, and leaves nothing else", async () => {
    const file = join(folder, "a.txt");
    await writeFile(file, "old and longer");
    await writeAtomically(file, ["new ", new TextEncoder().encode("text")]);
    expect(await readFile(file, "utf8")).toBe("new text");
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });

  it("keeps the old file and removes the draft when writing fails", async () => {
    const file = join(folder, "a.txt");
    await writeFile(file, "old");
    await expect(writeAtomically(file, failing())).rejects.toThrow("broken off");
    expect(await readFile(file, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["a.txt"]);
    await expect(writeAtomically(join(folder, "none", "a.txt"), ["text"])).rejects.toThrow(/ENOENT/);
  });

  it("gives the file its permissions, whatever the old one had, and makes its folder", async () => {
    const file = join(folder, "deep", "a.txt");
    await writeAtomically(file, ["first"], { makeFolder: true });
    await chmod(file, 0o644);
    await writeAtomically(file, ["second"], { mode: 0o600 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("lets one process write a file many times at once: one of them is there, whole", async () => {
    const file = join(folder, "a.txt");
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(10_000));
    await Promise.all(texts.map((text) => writeAtomically(file, [text])));
    expect(texts).toContain(await readFile(file, "utf8"));
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });
});

describe("writeTogether", () => {
  it("names no file when one of them fails", async () => {
    const files = [
      { path: join(folder, "a"), parts: ["whole"] },
      { path: join(folder, "b"), parts: failing() },
    ];
    await expect(writeTogether(files)).rejects.toThrow("broken off");
    expect(await readdir(folder)).toEqual([]);
  });
});
