import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ConflictError, DownloadError, OptionError } from "../../base/core/index.ts";
import { findModel, pulledModels } from "./model-folder.ts";
import { pullModel } from "./pull-model.ts";

const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251);
const sha256 = createHash("sha256").update(bytes).digest("hex");

let server: Server;
let address: string;
/** What the server was asked for: the Range header of each request. */
let ranges: (string | undefined)[] = [];

// /cut.onnx ends after half of the file unless a range is asked for; /plain.onnx knows no ranges.
beforeAll(async () => {
  server = createServer((request, response) => {
    const { range } = request.headers;
    ranges.push(range);
    if (request.url === "/none.onnx") return response.writeHead(404).end();
    const start = request.url === "/plain.onnx" ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    if (start >= bytes.length) return response.writeHead(416).end();
    response.writeHead(start > 0 ? 206 : 200, {
      "content-length": bytes.length - start,
      ...(start > 0 && { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (request.url !== "/whole.onnx" && ranges.length === 1) {
      return response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(() => response.destroy(), 50));
    }
    return response.end(bytes.subarray(start));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-pull-"));
  ranges = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe("pullModel", () => {
  it("leaves the file under its name, and does not fetch it again", async () => {
    const file = join(folder, "whole.onnx");
    const progress: (number | undefined)[] = [];
    const onProgress = (_: number, total: number | undefined) => progress.push(total);
    const pulled = await pullModel(`${address}/whole.onnx`, { sha256: sha256.toUpperCase(), folder, onProgress });
    expect(pulled).toEqual({ name: "whole", file, byteCount: bytes.length, sha256, resumedAt: 0 });
    expect(new Uint8Array(await readFile(file))).toEqual(bytes);
    expect(await readdir(folder)).toEqual(["whole.onnx"]);
    expect(new Set(progress)).toEqual(new Set([bytes.length]));
    await pullModel(`${address}/whole.onnx`, { sha256, folder });
    expect(ranges.length).toBe(1);
  });

  it("goes on where a cut connection ended", async () => {
    const url = `${address}/cut.onnx`;
    await expect(pullModel(url, { sha256, folder })).rejects.toThrow(
      /closed the connection after 100000 bytes: run the same command again/,
    );
    expect(await pulledModels(folder)).toEqual([]);
    expect(await pullModel(url, { sha256, folder })).toMatchObject({ byteCount: bytes.length, resumedAt: 100_000 });
    expect(ranges).toEqual([undefined, "bytes=100000-"]);
    expect(new Uint8Array(await readFile(join(folder, "cut.onnx")))).toEqual(bytes);
  });

  it("begins again where the server knows no ranges", async () => {
    const url = `${address}/plain.onnx`;
    await expect(pullModel(url, { sha256, folder })).rejects.toThrow(DownloadError);
    expect(await pullModel(url, { sha256, folder })).toMatchObject({ byteCount: bytes.length, resumedAt: 0 });
    expect(new Uint8Array(await readFile(join(folder, "plain.onnx")))).toEqual(bytes);
  });

  it("keeps nothing of a file with another digest", async () => {
    const pulling = pullModel(`${address}/whole.onnx`, { sha256: "0".repeat(64), folder });
    await expect(pulling).rejects.toThrow(`got a file with SHA-256 ${sha256}, expected 000`);
    expect(await readdir(folder)).toEqual([]);
  });

  it("does not overwrite another file of the name", async () => {
    await pullModel(`${address}/whole.onnx`, { sha256, folder });
    const other = pullModel(`${address}/plain.onnx`, { sha256: "0".repeat(64), folder, name: "whole" });
    await expect(other).rejects.toThrow(ConflictError);
  });

  it("says what the server answered, or that it cannot be reached, and leaves no draft behind", async () => {
    const refused = pullModel(`${address}/none.onnx`, { sha256, folder });
    await expect(refused).rejects.toThrow(/127\.0\.0\.1:\d+ answered 404 Not Found, expected the file/);
    const away = pullModel("http://127.0.0.1:1/a.onnx", { sha256, folder });
    await expect(away).rejects.toThrow(DownloadError);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ["ftp://example.org/a.onnx", { sha256 }, "expected an address that begins with https://"],
    ["https://example.org/a.onnx", { sha256: "abc" }, "expected 64 hexadecimal digits"],
    ["https://example.org/", { sha256 }, "got name ''"],
    ["https://example.org/a.onnx", { sha256, name: "../a" }, "got name '../a'"],
    ["https://example.org/default.onnx", { sha256 }, "got name 'default'"],
  ])("refuses %s with %j", async (url, options, message) => {
    const pulling = pullModel(url, { ...options, folder });
    await expect(pulling).rejects.toThrow(OptionError);
    await expect(pulling).rejects.toThrow(message);
  });
});

describe("findModel", () => {
  it("gives a pulled model's file for its name, and everything else as it is", async () => {
    vi.stubEnv("XDG_DATA_HOME", folder);
    const { file } = await pullModel(`${address}/whole.onnx`, { sha256 });
    expect(file).toBe(join(folder, "cosface", "models", "whole.onnx"));
    expect(["whole", "default", "mediapipe", "other", "./whole", file].map(findModel)).toEqual([
      file,
      "default",
      "mediapipe",
      "other",
      "./whole",
      file,
    ]);
  });
});
