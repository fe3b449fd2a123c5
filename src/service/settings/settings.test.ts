import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readSettings } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "cosface-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, "settings.json");
  writeFileSync(path, text);
  return path;
}

describe("readSettings", () => {
  it("takes a flag before the environment before the file before the default", async () => {
    const sources = {
      flags: { port: "1" },
      environment: { COSFACE_PORT: "2", COSFACE_THREADS: "3", DATABASE_URL: "postgres://x" },
      file: file('{ "port": 4, "threads": 5, "maxBody": 6, "corsOrigins": ["https://a"] }'),
    };
    const { host, ...rest } = await readSettings(sources);
    expect(host).toBe("127.0.0.1");
    expect(rest).toMatchObject({ port: 1, threads: 3, maxBody: 6, corsOrigins: ["https://a"] });
    expect(rest.databaseUrl).toBe("postgres://x");
    expect(await readSettings({ flags: {}, environment: {} })).not.toHaveProperty("databaseUrl");
  });

  it.each([
    [{ flags: { port: "x" }, environment: {} }, '--port: got "x", expected a whole number'],
    [{ flags: {}, environment: { COSFACE_MAX_BODY: "-1" } }, 'COSFACE_MAX_BODY: got "-1"'],
    [{ flags: { logLevel: "loud" }, environment: {} }, "--log-level: got 'loud'"],
    [{ flags: { host: "" }, environment: {} }, "--host: expected a text"],
    [{ flags: { quality: "maximumYaw" }, environment: {} }, "--quality: expected names and numbers"],
    [{ flags: { quality: "maximumYaw=" }, environment: {} }, "--quality: expected names and numbers"],
    [{ flags: { quality: "=3" }, environment: {} }, "--quality: expected names and numbers"],
  ])("refuses %j", async (sources, message) => {
    await expect(readSettings(sources)).rejects.toThrow(message);
  });

  it("takes names with numbers as words and from a file", async () => {
    const quality = { maximumYaw: 30, minimumSharpness: 0.05 };
    const words = { COSFACE_QUALITY: "maximumYaw=30, minimumSharpness=0.05" };
    expect(await readSettings({ flags: {}, environment: words })).toMatchObject({ quality });
    const inFile = file(JSON.stringify({ quality }));
    expect(await readSettings({ flags: {}, environment: {}, file: inFile })).toMatchObject({ quality });
    const wrong = { flags: {}, environment: {}, file: file('{ "quality": [1] }') };
    await expect(readSettings(wrong)).rejects.toThrow("expected names and numbers");
  });

  it.each(["[]", "{", '{ "prot": 1 }'])("refuses a file with %s", async (text) => {
    await expect(readSettings({ flags: {}, environment: {}, file: file(text) })).rejects.toThrow("settings.json");
  });
});
