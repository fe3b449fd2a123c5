/**
 * What the version before wrote, of synthetic people, opens: a gallery folder, a backup and an export (test/fixtures).
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, constants } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { type Gallery, openGallery, restoreGallery } from "../src/service/gallery/index.ts";

const folder = mkdtempSync(join(tmpdir(), "cosface-before-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fixture = (name: string) => join(import.meta.dirname, "fixtures", "version-0.1", name);
const linesOf = (name: string) => readFileSync(fixture(name), "utf8").trimEnd().split("\n");

/**
 * The gallery that the other version made: four people, one of them under two forms of her name, and one named "..".
 */
async function expectWhole(gallery: Gallery): Promise<void> {
  expect(await gallery.collections()).toMatchObject([{ name: "staff", model: "colors", size: 4, templateCount: 7 }]);
  const staff = await gallery.collection("staff");
  const people = await staff.subjects();
  const names = people.map(({ name }) => name);
  expect(names.filter((name) => !name.includes("("))).toEqual(["Ann", "Ben", "José", "Zoë"]);
  expect(names.filter((name) => name.includes("(")).map((name) => name.replace(/\(\w{8}\)/, "(id)"))).toEqual([
    ".. (id)",
    "José (id)",
  ]);
  for (const name of names) expect((await staff.subject(name.normalize("NFD"))).name).toBe(name);
  const ann = await staff.subject("Ann");
  expect(ann).toMatchObject({
    consent: "signed",
    expiresAt: new Date("2099-01-01T00:00:00Z"),
    metadata: { floor: 3, tags: ["a", "b"] },
    templateCount: 2,
  });
  expect([...(await staff.thumbnail(ann.thumbnailId ?? ""))]).toEqual([255, 216, 255, 217]);
  const [match] = await staff.search({ embedding: Float32Array.of(0, 1, 0, 0), model: "colors" });
  expect(match).toMatchObject({ subject: "Ben", score: expect.closeTo(1, 6) });
  const again = { subject: "Ben", embedding: Float32Array.of(0, 1, 0, 0), model: "colors" };
  expect(await staff.enroll({ ...again, sourceDigest: "3".padStart(64, "0") })).toMatchObject({ isNew: false });
  expect(await gallery.keys.list()).toMatchObject([{ name: "door", scopes: ["read"] }]);
  expect(await gallery.calibrations("colors")).toMatchObject([{ far: 0.001, threshold: 0.9, genuineCount: 10 }]);
  expect((await gallery.audit({ limit: 100 })).map(({ action }) => action)).toContain("enroll");
}

it("a gallery folder opens, is brought up to date, lists and searches", { timeout: 120_000 }, async () => {
  const archive = brotliDecompressSync(readFileSync(fixture("gallery.tar.br")), {
    params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 },
  });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  const gallery = await openGallery({ location: folder });
  await expectWhole(gallery);
  await gallery.close();
});

it("a backup is restored, and an export imported", { timeout: 120_000 }, async () => {
  const location = join(folder, "restored");
  const { rowCounts } = await restoreGallery({ location }, linesOf("backup.jsonl"));
  expect(rowCounts).toMatchObject({ subjects: 6, templates: 7, thumbnails: 1, api_keys: 1, calibrations: 1 });
  const gallery = await openGallery({ location });
  await expectWhole(gallery);
  await gallery.deleteCollection("staff");
  // No address can hold the name "..": an import refuses it, by its line.
  await expect(gallery.import(linesOf("export.jsonl"))).rejects.toThrow(/^import: line \d: subject: got '..'/);
  const named = linesOf("export.jsonl").map((line) => line.replace('"name":".."', '"name":".. (00000000)"'));
  expect(await gallery.import(named)).toMatchObject({ subjectCount: 6, templateCount: 7 });
  await expectWhole(gallery);
  await gallery.close();
});
