import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { galleryLocation } from "./gallery-location.ts";

const folder = mkdtempSync(join(tmpdir(), "cosface-location-"));
afterAll(() => rmSync(folder, { recursive: true }));

function keyFile(text: string): string {
  const path = join(folder, "keys");
  writeFileSync(path, text);
  return path;
}

describe("galleryLocation", () => {
  it("is the server if one is named, else a folder of the data", async () => {
    expect(await galleryLocation({ data: "d" })).toEqual({ location: join("d", "gallery"), encryptionKeys: [] });
    expect((await galleryLocation({ data: "d", databaseUrl: "postgres://x/y" })).location).toBe("postgres://x/y");
  });

  it("reads keys line by line, the newest first", async () => {
    const file = keyFile(`${"00".repeat(31)}01\r\n\n${"FF".repeat(32)}\n`);
    const { encryptionKeys } = await galleryLocation({ data: "d", encryptionKeyFile: file });
    expect(encryptionKeys.map((key) => [key.length, key[0], key[31]])).toEqual([
      [32, 0, 1],
      [32, 255, 255],
    ]);
  });

  it.each([
    ["", /has no key/],
    [`${"0".repeat(64)}\nsecret word`, /line 2: expected 64 hexadecimal digits/],
  ])("refuses a file with %j, without repeating its content", async (text, message) => {
    const refused = galleryLocation({ data: "d", encryptionKeyFile: keyFile(text) });
    await expect(refused).rejects.toThrow(OptionError);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.not.toThrow(/secret/);
  });

  it("refuses a file that is not there", async () => {
    const missing = galleryLocation({ data: "d", encryptionKeyFile: join(folder, "none") });
    await expect(missing).rejects.toThrow(/cannot be read: ENOENT/);
  });
});
