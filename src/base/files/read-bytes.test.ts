import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DownloadError } from "../core/index.ts";
import { addressBeside, readBytes, readText } from "./read-bytes.ts";

const server = createServer((request, response) => {
  if (request.url === "/model.bin") response.end("a model");
  else response.writeHead(404).end();
});

let folder: string;
let origin: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-files-"));
  await writeFile(join(folder, "model.bin"), "a model");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  origin = `http://127.0.0.1:${address.port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

describe("readBytes", () => {
  it("reads paths, file URLs, URLs and files of packages", async () => {
    const path = join(folder, "model.bin");
    for (const address of [path, pathToFileURL(path).href, `${origin}/model.bin`]) {
      expect(await readText(address)).toBe("a model");
      expect((await readBytes(address)).constructor).toBe(Uint8Array);
    }
    for (const name of ["onnxruntime-node", "@mediapipe/face_mesh"]) {
      expect(JSON.parse(await readText(`npm:${name}/package.json`))).toMatchObject({ name });
    }
  });

  it("says what is missing", async () => {
    await expect(readBytes(join(folder, "none"))).rejects.toMatchObject({ code: "ENOENT" });
    await expect(readBytes("npm:no-such-package/file")).rejects.toMatchObject({ code: "MODULE_NOT_FOUND" });
    await expect(readBytes(`${origin}/none`)).rejects.toThrow(DownloadError);
    await expect(readBytes(`${origin}/none`)).rejects.toThrow(/answered 404/);
  });
});

describe("addressBeside", () => {
  it("replaces the file's name alone", () => {
    expect(addressBeside("a/b.json", "c.bin")).toBe("a/c.bin");
    expect(addressBeside("C:\\models\\b.json", "c.bin")).toBe("C:\\models\\c.bin");
    expect(addressBeside("b.json", "c.bin")).toBe("c.bin");
    expect(addressBeside("npm:x/model/b.json", "c.bin")).toBe("npm:x/model/c.bin");
  });
});
