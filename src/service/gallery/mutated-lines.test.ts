/**
 * Lines of exports and backups, changed in every way: an import and a restore give what the lines say, or a typed error
 * that names the line and repeats none of its data. `COSFACE_MUTATIONS=10000` tries that many.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostileString } from "../../../test/support/hostile-strings.ts";
import { mutationCount } from "../../../test/support/mutation-count.ts";
import { CosfaceError } from "../../base/core/index.ts";
import { type Database, openDatabase } from "./engines/index.ts";
import { type Gallery, openGallery } from "./index.ts";
import { loadBackup } from "./restore.ts";

let gallery: Gallery;
/** An empty database, in which every restore is rolled back. */
let empty: Database;
let exported: readonly string[];
let backup: readonly string[];

beforeAll(async () => {
  empty = await openDatabase(undefined, 1);
  gallery = await openGallery();
  const people = await gallery.createCollection({ name: "people", model: "m", size: 4 });
  for (const [i, subject] of ["Ann", "Ben"].entries()) {
    await people.enroll({
      subject,
      embedding: Float32Array.of(1, i, 0, 0),
      model: "m",
      quality: 0.5,
      sourceDigest: `${i}`.padStart(64, "0"),
      thumbnail: Uint8Array.of(1, 2, 3),
    });
  }
  await people.changeSubject("Ann", { consent: "yes", expiresAt: new Date("2099-01-01"), metadata: { a: [1] } });
  await gallery.keys.create({ name: "door", scopes: ["read"] });
  const lines: string[] = [];
  for await (const line of people.export()) lines.push(line);
  exported = lines;
  const all: string[] = [];
  await gallery.backUp(async (source) => {
    for await (const line of source) all.push(line);
  });
  backup = all;
});
afterAll(async () => {
  await gallery.close();
  await empty.close();
});

/** The error of a restore, if it has one. */
async function restoreError(lines: readonly string[]): Promise<unknown> {
  const rolledBack = new Error("rolled back");
  const error: unknown = await empty
    .transaction(async (connection) => {
      await loadBackup(connection, lines);
      throw rolledBack;
    })
    .catch((thrown: unknown) => thrown);
  return error === rolledBack ? undefined : error;
}

const other = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  hostileString,
  fc.constantFrom<unknown>(1e9, -1, 0.5, 2 ** 31, "NaN", "infinity", "AAAA", "99999-01-01T00:00:00Z", "\\x00", null),
);

/** One change to the lines: a value, a property, a letter, or the order of lines. */
const change = fc.record({
  kind: fc.constantFrom("value", "remove", "add", "letter", "drop", "repeat", "swap", "cut"),
  line: fc.nat(),
  at: fc.nat(),
  value: other,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function mutate(lines: readonly string[], { at, kind, line, value }: Change): string[] {
  const index = line % lines.length;
  const text = lines[index] ?? "";
  const replaced = (...texts: string[]) => [...lines.slice(0, index), ...texts, ...lines.slice(index + 1)];
  if (kind === "drop") return replaced();
  if (kind === "repeat") return replaced(text, text);
  if (kind === "swap") return [...lines.slice(index), ...lines.slice(0, index)];
  if (kind === "cut") return [...lines.slice(0, index), text.slice(0, at % (text.length + 1))];
  if (kind === "letter") {
    const place = at % (text.length + 1);
    return replaced(text.slice(0, place) + String(value).slice(0, 3) + text.slice(place + 1));
  }
  const parsed = parseLine(text);
  const [outer] = Object.values(parsed);
  if (typeof outer !== "object" || outer === null) return replaced(`${text} `); // Another change was here before.
  const names = Object.keys(outer);
  const name = names[at % Math.max(1, names.length)] ?? "x";
  if (kind === "remove") delete outer[name];
  else outer[kind === "add" ? "more" : name] = value;
  return replaced(JSON.stringify(parsed));
}

function parseLine(text: string): Record<string, Record<string, unknown> | null> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** What no message may repeat: names, keys' hashes and bytes of the lines. */
const DATA = /Ann\b|Ben\b|AAECAw|\\x[0-9a-f]{8}|0{40}/;

function expectTyped(error: unknown): void {
  expect(error).toBeInstanceOf(CosfaceError);
  const { code, message } = error as CosfaceError;
  expect(["COSFACE_GALLERY", "COSFACE_OPTION", "COSFACE_CONFLICT"]).toContain(code);
  expect(message).toMatch(/^(import|restore|gallery): /);
  expect(message).not.toMatch(DATA);
}

describe("changed lines", () => {
  it("of an export are imported as they say, or refused with nothing left behind", { timeout: 3_600_000 }, async () => {
    await gallery.deleteCollection("people");
    const check = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
      const lines = changes.reduce<string[]>((sum, one) => (sum.length === 0 ? sum : mutate(sum, one)), [...exported]);
      const result = await gallery.import(lines, "copy").catch((error: unknown) => error);
      if (result instanceof Error) {
        expectTyped(result);
        expect(await gallery.collections()).toEqual([]);
        return;
      }
      const copy = await gallery.collection("copy");
      const subjects = await copy.subjects();
      const templates = await Promise.all(subjects.map(({ name }) => copy.templates(name)));
      expect(result).toMatchObject({ subjectCount: subjects.length, templateCount: templates.flat().length });
      for (const { name } of subjects) expect(name).toBe(name.normalize());
      const matches = await copy.search({ embedding: new Float32Array(copy.size).fill(1), model: copy.model });
      for (const { score } of matches) expect(Math.abs(score)).toBeLessThanOrEqual(1);
      const again: string[] = [];
      for await (const line of copy.export()) again.push(line);
      expect(again).toHaveLength(1 + subjects.length + templates.flat().length);
      await gallery.deleteCollection("copy");
    });
    await fc.assert(check, { numRuns: mutationCount(), endOnFailure: true });
  });

  it("of a backup are refused by its digest, and without one restored only when sound", {
    timeout: 3_600_000,
  }, async () => {
    const check = fc.asyncProperty(change, fc.boolean(), async (one, hasDigest) => {
      const lines = mutate(hasDigest ? backup : withoutDigest(backup), one);
      const isChanged = lines.join("\n") !== (hasDigest ? backup : withoutDigest(backup)).join("\n");
      const error = await restoreError(lines);
      if (error !== undefined) expectTyped(error);
      else if (hasDigest && lines.at(-1) === backup.at(-1)) expect(isChanged).toBe(false);
    });
    await fc.assert(check, { numRuns: mutationCount(60), endOnFailure: true });
  });

  it("of a backup are found by what no constraint of the database holds", async () => {
    const wrong: readonly (readonly [RegExp, string])[] = [
      [/("secret_hash":"\\\\x)[0-9a-f]{2}/, "a hash of a key does not have 32 bytes"],
      [/("source_digest":"\\\\x)00/, "a digest of a source does not have 32 bytes"],
      [/"embedding":"\[1,/, "an embedding does not have unit length"],
      [/("template_count":)2/, "the templates of a collection are not as many as it says"],
    ];
    for (const [pattern, message] of wrong) {
      const to = message.includes("unit length") ? '"embedding":"[3,' : message.includes("as many") ? "$17" : "$1";
      const lines = withoutDigest(backup).map((line) => line.replace(pattern, to));
      expect(lines).not.toEqual(withoutDigest(backup));
      expect(await restoreError(lines)).toMatchObject({ message: expect.stringContaining(message) });
    }
    const altered = backup.map((line) => line.replace('"yes"', '"no!"'));
    expect(await restoreError(altered)).toMatchObject({ message: expect.stringContaining("its lines were changed") });
  });
});

/** As programs before wrote it. */
function withoutDigest(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/,"sha256":"[0-9a-f]{64}"/, ""));
}
