import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deleteKeptEmbeddings, embeddingsFolder, embeddingsStore } from "./embeddings-store.ts";

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "cosface-kept-")), "embeddings");
});
afterEach(() => rm(join(folder, ".."), { recursive: true }));

const key = (name: string) => createHash("sha256").update(name).digest("hex");
const rows = (...values: readonly number[]) => ({ count: values.length / 2, size: 2, data: Float32Array.from(values) });

async function storedFiles(): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".embeddings")).map((name) => join(folder, name));
}

describe("kept embeddings", () => {
  it("are found by model and image after the store is opened again", async () => {
    const kept = await embeddingsStore(folder).of("model");
    await kept.add([key("a"), key("b")], rows(1, 2, Number.NaN, 4));
    expect(await kept.get(key("a"))).toEqual(Float32Array.of(1, 2));
    const again = await embeddingsStore(folder).of("model");
    expect(await again.get(key("b"))).toEqual(Float32Array.of(Number.NaN, 4));
    expect(await again.get(key("c"))).toBeUndefined();
    const other = await embeddingsStore(folder).of("another model");
    expect(await other.get(key("a"))).toBeUndefined();
  });

  it("are readable by their owner alone", async () => {
    await (await embeddingsStore(folder).of("model")).add([key("a")], rows(1, 2));
    const [file = ""] = await storedFiles();
    const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
    expect(await modeOf(file)).toBe(0o600);
    expect(await modeOf(join(file, ".."))).toBe(0o700);
    expect(await modeOf(folder)).toBe(0o700);
  });

  it("count as missing where a record is damaged, and the others do not", async () => {
    await (await embeddingsStore(folder).of("model")).add([key("a"), key("b")], rows(1, 2, 3, 4));
    const [file = ""] = await storedFiles();
    const bytes = await readFile(file);
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const kept = await embeddingsStore(folder).of("model");
    expect(await kept.get(key("a"))).toEqual(Float32Array.of(1, 2));
    expect(await kept.get(key("b"))).toBeUndefined();
    await kept.add([key("b")], rows(3, 4));
    expect(await (await embeddingsStore(folder).of("model")).get(key("b"))).toEqual(Float32Array.of(3, 4));
  });

  it("count as missing where a file is cut off anywhere, or is something else", async () => {
    await (await embeddingsStore(folder).of("model")).add([key("a")], rows(1, 2));
    const [file = ""] = await storedFiles();
    const { size } = await stat(file);
    for (const length of [size - 1, size - 20, 60, 40, 10, 0]) {
      await truncate(file, length);
      const kept = await embeddingsStore(folder).of("model");
      expect(await kept.get(key("a")), `${length} bytes`).toBeUndefined();
    }
    await writeFile(file, Buffer.alloc(4096, 0xff));
    expect(await (await embeddingsStore(folder).of("model")).get(key("a"))).toBeUndefined();
  });

  it("may be written by two programs at once", async () => {
    const two = await Promise.all([embeddingsStore(folder).of("model"), embeddingsStore(folder).of("model")]);
    await Promise.all(two.map((kept, i) => kept.add([key("both"), key(`own ${i}`)], rows(1, 2, i, i))));
    const kept = await embeddingsStore(folder).of("model");
    expect(await kept.get(key("both"))).toEqual(Float32Array.of(1, 2));
    expect(await kept.get(key("own 0"))).toEqual(Float32Array.of(0, 0));
    expect(await kept.get(key("own 1"))).toEqual(Float32Array.of(1, 1));
  });

  it("are in the user's cache folder, keep nothing where it cannot be written, and can be deleted", async () => {
    vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
    expect(embeddingsFolder()).toBe(join(folder, "cache", "cosface", "embeddings"));
    vi.unstubAllEnvs();
    const kept = await embeddingsStore(folder).of("model");
    await kept.add([key("a")], rows(1, 2));
    await deleteKeptEmbeddings(folder);
    expect(await kept.get(key("a"))).toBeUndefined();
    await writeFile(folder, "a file where the folder would be");
    await kept.add([key("a")], rows(1, 2));
    expect(await kept.get(key("a"))).toBeUndefined();
  });
});
