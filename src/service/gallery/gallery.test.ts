import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomUnit, type TestGallery, testEngines } from "../../../test/support/galleries.ts";
import { ConflictError, GalleryError, NotFoundError, OptionError, random } from "../../base/core/index.ts";
import { cosineSimilarity } from "../../measure/eval/index.ts";
import { allows, type Collection, type Gallery, openGallery, receiptDigest } from "./index.ts";

const MODEL = "test-model";
const digest = (digit: string) => digit.repeat(64);
const axis = (i: number, size = 4) => Float32Array.from({ length: size }, (_, j) => (i === j ? 1 : 0));

describe("openGallery", () => {
  it("takes the location as text, and keeps what is written there", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cosface-location-"));
    const location = join(folder, "people");
    const written = await openGallery(location);
    await written.createCollection({ name: "staff", model: MODEL, size: 4 });
    await written.close();
    const opened = await openGallery({ location });
    expect((await opened.collections()).map(({ name }) => name)).toEqual(["staff"]);
    await opened.close();
    await rm(folder, { recursive: true });
  });

  it.each([
    [{ locaton: "people/" }, "gallery: got 'locaton', expected any of location, .*: did you mean 'location'"],
    [5, "gallery: got a number, expected an object"],
    [null, "gallery: got null, expected an object"],
    [new URL("file:///people"), "gallery: got a value of type URL, expected an object"],
    ["", "gallery: location: got empty text, expected the path of a folder"],
    [{ location: new URL("file:///people") }, "gallery: location: got a value of type URL, expected the path"],
  ])("refuses %j", async (options, message) => {
    const refused = openGallery(options as never);
    await expect(refused).rejects.toThrow(OptionError);
    await expect(refused).rejects.toThrow(new RegExp(message));
  });
});

describe.each(testEngines)("a gallery on $engine", ({ create }) => {
  let opened: TestGallery;
  let gallery: Gallery;
  beforeAll(async () => {
    opened = await create();
    gallery = opened.gallery;
  });
  afterAll(() => opened.remove());

  const newCollection = (size = 4): Promise<Collection> =>
    gallery.createCollection({ name: randomUUID(), model: MODEL, size });
  const enroll = (collection: Collection, subject: string, embedding: Float32Array) =>
    collection.enroll({ subject, embedding, model: MODEL });
  const search = (collection: Collection, embedding: Float32Array, options?: Parameters<Collection["search"]>[1]) =>
    collection.search({ embedding, model: MODEL }, options);

  describe("collections", () => {
    it("are made, listed, found and deleted", async () => {
      const { name } = await newCollection(7);
      expect((await gallery.collections()).find((info) => info.name === name)).toMatchObject({
        model: MODEL,
        size: 7,
        templateCount: 0,
        isIndexed: false,
      });
      const found = await gallery.collection(name);
      expect([found.model, found.size]).toEqual([MODEL, 7]);
      await gallery.deleteCollection(name);
      await expect(gallery.collection(name)).rejects.toThrow(NotFoundError);
      await expect(enroll(found, "Ann", axis(0, 7))).rejects.toThrow(NotFoundError);
    });

    it("have one name each", async () => {
      const { name } = await newCollection();
      await expect(gallery.createCollection({ name, model: MODEL, size: 4 })).rejects.toThrow(ConflictError);
    });

    it.each([0, 4001, 1.5])("of %d-d embeddings are refused", async (size) => {
      await expect(newCollection(size)).rejects.toThrow(OptionError);
    });
  });

  describe("enrollment", () => {
    it("stores at unit length, and counts", async () => {
      const collection = await newCollection();
      await enroll(collection, "Ann", Float32Array.of(3, 0, 4, 0));
      const [match] = await search(collection, axis(2));
      expect(match!.score).toBeCloseTo(0.8, 6);
      expect((await collection.subject("Ann")).templateCount).toBe(1);
      expect((await gallery.collections()).find(({ name }) => name === collection.name)!.templateCount).toBe(1);
    });

    it("takes a source once for each subject", async () => {
      const collection = await newCollection();
      const template = { embedding: axis(0), model: MODEL, sourceDigest: digest("a") };
      const first = await collection.enroll({ ...template, subject: "Ann" });
      const again = await collection.enroll({ ...template, subject: "Ann" });
      const other = await collection.enroll({ ...template, subject: "Bob" });
      expect(first.isNew).toBe(true);
      expect(again).toEqual({ ...first, isNew: false });
      expect(other.isNew).toBe(true);
      expect(await collection.templates("Ann")).toHaveLength(1);
    });

    it("keeps quality, source and thumbnail", async () => {
      const collection = await newCollection();
      const thumbnail = Uint8Array.from({ length: 300 }, (_, i) => i % 256);
      const { id } = await collection.enroll({
        subject: "Ann",
        embedding: axis(0),
        model: MODEL,
        quality: 0.25,
        sourceDigest: digest("b"),
        thumbnail,
      });
      const bare = await enroll(collection, "Ann", axis(1));
      const templates = await collection.templates("Ann");
      expect(templates.find((template) => template.id === id)).toMatchObject({
        model: MODEL,
        quality: 0.25,
        sourceDigest: digest("b"),
        hasThumbnail: true,
      });
      expect(new Uint8Array(await collection.thumbnail(id))).toEqual(thumbnail);
      await expect(collection.thumbnail(bare.id)).rejects.toThrow(NotFoundError);
      await expect(collection.thumbnail("no uuid")).rejects.toThrow(NotFoundError);
      expect(await collection.ownerOf(id.toUpperCase())).toBe((await collection.subjects())[0]!.name);
      for (const none of ["no uuid", "00000000-0000-4000-8000-000000000000"]) {
        await expect(collection.ownerOf(none)).rejects.toThrow(NotFoundError);
      }
    });

    it("refuses another model, and says what to do", async () => {
      const collection = await newCollection();
      const refused = collection.enroll({ subject: "Ann", embedding: axis(0), model: "other" });
      await expect(refused).rejects.toThrow(GalleryError);
      await expect(refused).rejects.toThrow(/'test-model', got one of 'other': .*cosface gallery reembed/);
    });

    it.each([
      ["another size", { embedding: axis(0, 5) }, GalleryError],
      ["no direction", { embedding: new Float32Array(4) }, OptionError],
      ["NaN", { embedding: Float32Array.of(1, Number.NaN, 0, 0) }, OptionError],
      ["an empty name", { subject: "" }, OptionError],
      ["a name with a control character", { subject: "A\u0000n" }, OptionError],
      ["a name with half a character", { subject: "A\ud800" }, OptionError],
      ["a quality above 1", { quality: 1.5 }, OptionError],
      ["a malformed digest", { sourceDigest: "abc" }, OptionError],
    ])("refuses %s", async (_, wrong, error) => {
      const collection = await newCollection();
      await expect(collection.enroll({ subject: "Ann", embedding: axis(0), model: MODEL, ...wrong })).rejects.toThrow(
        error,
      );
      expect(await collection.subjects()).toEqual([]);
    });

    it("takes any text as a name, and as text alone", async () => {
      const collection = await newCollection();
      const names = ["'; drop table subjects; --", "../../etc/passwd", "$1", "Zoë 🙂", "{a,b}", '"', "\\", "a  b"];
      for (const subject of names) await enroll(collection, subject, axis(0));
      const listed = (await collection.subjects()).map(({ name }) => name);
      expect([...listed].sort()).toEqual([...names].sort());
      for (const name of names) expect((await collection.subject(name)).name).toBe(name);
    });

    it("refuses new names that cannot be told from others", async () => {
      const collection = await newCollection();
      for (const subject of [" ", "\u200b\u2060", "Ann ", "\u3000Ann"]) {
        await expect(enroll(collection, subject, axis(0))).rejects.toThrow(/blank name|white space/);
        await expect(collection.addSubject(subject)).rejects.toThrow(OptionError);
      }
      await enroll(collection, "Ann", axis(0));
      await expect(collection.changeSubject("Ann", { name: "Ann " })).rejects.toThrow("white space");
      expect((await collection.subjects()).map(({ name }) => name)).toEqual(["Ann"]);
    });
  });

  describe("bulk enrollment", () => {
    const people = function* (count: number, from = 0) {
      const source = random(5);
      for (let i = from; i < count; i++) {
        const sourceDigest = i.toString(16).padStart(64, "0");
        yield { subject: `person ${i % 10}`, embedding: randomUnit(source, 4), model: MODEL, sourceDigest };
      }
    };

    it("tells how far it is, and goes on after it was broken off", async () => {
      const collection = await newCollection();
      const seen: number[] = [];
      const onProgress = ({ enrolledCount }: { enrolledCount: number }) => seen.push(enrolledCount);
      expect(await collection.enrollMany(people(25), { batchSize: 10, onProgress })).toEqual({
        enrolledCount: 25,
        skippedCount: 0,
      });
      expect(seen).toEqual([10, 20, 25]);
      expect(await collection.enrollMany(people(40), { batchSize: 16 })).toEqual({
        enrolledCount: 15,
        skippedCount: 25,
      });
      const subjects = await collection.subjects();
      expect(subjects.map(({ templateCount }) => templateCount)).toEqual(Array(10).fill(4));
    });

    it("writes a batch whole or not at all", async () => {
      const collection = await newCollection();
      const templates = [...people(10)];
      templates[7] = { ...templates[7]!, embedding: new Float32Array(4) };
      await expect(collection.enrollMany(templates, { batchSize: 5 })).rejects.toThrow(OptionError);
      expect(await collection.subjects()).toHaveLength(5);
    });

    it("takes each source of a batch once", async () => {
      const collection = await newCollection();
      const [one] = [...people(1)];
      expect(await collection.enrollMany([one!, one!])).toEqual({ enrolledCount: 1, skippedCount: 1 });
    });
  });

  describe("search", () => {
    it("gives each subject's best template, highest score first", async () => {
      const collection = await newCollection();
      await enroll(collection, "Ann", Float32Array.of(0.6, 0.8, 0, 0));
      const best = await enroll(collection, "Ann", Float32Array.of(0.8, 0.6, 0, 0));
      await enroll(collection, "Bob", axis(2));
      const matches = await search(collection, axis(0));
      expect(matches.map(({ subject, templateId }) => [subject, templateId])).toEqual([
        ["Ann", best.id],
        ["Bob", expect.anything()],
      ]);
      expect(matches[0]!.score).toBeCloseTo(0.8, 6);
      expect(matches[1]!.score).toBeCloseTo(0, 6);
      expect(await search(collection, axis(0), { minimumScore: 0.9 })).toEqual([]);
      expect(await search(collection, axis(0), { limit: 1 })).toEqual(matches.slice(0, 1));
    });

    it("finds the others behind one person's many templates", async () => {
      const collection = await newCollection();
      const crowd = Array.from({ length: 60 }, (_, i) => ({
        subject: "Ann",
        embedding: Float32Array.of(1, i / 1000, 0, 0),
        model: MODEL,
      }));
      await collection.enrollMany(crowd);
      await enroll(collection, "Bob", axis(2));
      expect((await search(collection, axis(0), { limit: 2 })).map(({ subject }) => subject)).toEqual(["Ann", "Bob"]);
    });

    it("is empty in an empty collection", async () => {
      expect(await search(await newCollection(), axis(0))).toEqual([]);
    });

    it("agrees with comparing all, one by one", async () => {
      const size = 16;
      const collection = await newCollection(size);
      const source = random(11);
      const templates = Array.from({ length: 120 }, () => ({
        subject: `person ${source.integer(40)}`,
        embedding: randomUnit(source, size),
        model: MODEL,
      }));
      await collection.enrollMany(templates);
      await fc.assert(
        fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 50 }), async (seed, limit) => {
          const probe = randomUnit(random(seed), size);
          // A person's score is that of the best of the templates and their mean.
          const best = new Map<string, number>();
          for (const subject of new Set(templates.map((template) => template.subject))) {
            const own = templates.filter((template) => template.subject === subject).map(({ embedding }) => embedding);
            const mean = own[0]!.map((_, i) => own.reduce((sum, row) => sum + row[i]!, 0));
            best.set(subject, Math.max(...[...own, mean].map((row) => cosineSimilarity(probe, row))));
          }
          const expected = [...best].sort((a, b) => b[1] - a[1]).slice(0, limit);
          const matches = await search(collection, probe, { limit });
          expect(matches.map(({ subject }) => subject)).toEqual(expected.map(([subject]) => subject));
          for (const [i, { score }] of matches.entries()) expect(score).toBeCloseTo(expected[i]![1], 5);
        }),
        { numRuns: 20 },
      );
    });
  });

  describe("subjects", () => {
    it("are added with notes, changed and renamed", async () => {
      const collection = await newCollection();
      const expiresAt = new Date("2100-01-02T03:04:05.678Z");
      const added = await collection.addSubject("Ann", {
        consent: "on paper",
        expiresAt,
        metadata: { room: [1, "b"] },
      });
      expect(added).toMatchObject({ name: "Ann", consent: "on paper", expiresAt, metadata: { room: [1, "b"] } });
      const changed = await collection.changeSubject("Ann", { name: "Anna", expiresAt: null });
      expect(changed).toEqual({ ...added, name: "Anna", expiresAt: null });
      await expect(collection.subject("Ann")).rejects.toThrow(NotFoundError);
      await expect(collection.addSubject("Anna")).rejects.toThrow(ConflictError);
      await collection.addSubject("Bob");
      await expect(collection.changeSubject("Bob", { name: "Anna" })).rejects.toThrow(ConflictError);
    });

    it("are listed in pages", async () => {
      const collection = await newCollection();
      const names = ["B", "a", "Ä", "c", "b"];
      for (const name of names) await collection.addSubject(name);
      const first = await collection.subjects({ limit: 3 });
      const rest = await collection.subjects({ after: first.at(-1)!.name, limit: 3 });
      expect([...first, ...rest].map(({ name }) => name)).toEqual(["B", "a", "b", "c", "Ä"]);
    });

    it("are not found once they have expired", async () => {
      const collection = await newCollection();
      await enroll(collection, "Ann", axis(0));
      await enroll(collection, "Bob", axis(1));
      await collection.changeSubject("Ann", { expiresAt: new Date(Date.now() - 1000) });
      expect((await search(collection, axis(0))).map(({ subject }) => subject)).toEqual(["Bob"]);
    });

    it.each([
      ["metadata that is a list", { metadata: [] as unknown as Record<string, unknown> }],
      ["metadata with U+0000", { metadata: { a: "\u0000" } }],
      ["metadata with a number that JSON cannot hold", { metadata: { a: [Number.POSITIVE_INFINITY] } }],
      ["metadata with NaN", { metadata: { a: { b: Number.NaN } } }],
      ["an invalid date", { expiresAt: new Date("never") }],
      ["consent with a control character", { consent: "\u0007" }],
    ])("with %s are refused", async (_, details) => {
      await expect((await newCollection()).addSubject("Ann", details)).rejects.toThrow(OptionError);
    });

    it("lose a template, and stay", async () => {
      const collection = await newCollection();
      const { id } = await enroll(collection, "Ann", axis(0));
      await collection.deleteTemplate(id);
      expect((await collection.subject("Ann")).templateCount).toBe(0);
      await expect(collection.deleteTemplate(id)).rejects.toThrow(NotFoundError);
      await expect(collection.deleteTemplate("no uuid")).rejects.toThrow(NotFoundError);
    });
  });

  describe("deletion", () => {
    it("takes a person and all that is known of them, and gives a receipt", async () => {
      const collection = await newCollection();
      const [a, b] = [await enroll(collection, "Ann", axis(0)), await enroll(collection, "Ann", axis(1))];
      const thumbnail = Uint8Array.of(1, 2, 3);
      const c = await collection.enroll({ subject: "Ann", embedding: axis(2), model: MODEL, thumbnail });
      await enroll(collection, "Bob", axis(3));
      const receipt = await collection.deleteSubject("Ann");
      expect(receipt).toMatchObject({ collection: collection.name, subjectId: a.subjectId, thumbnailCount: 1 });
      expect(receipt.templateIds).toEqual([a.id, b.id, c.id].sort());
      expect(receipt.digest).toBe(receiptDigest(receipt));
      expect(receiptDigest({ ...receipt, thumbnailCount: 0 })).not.toBe(receipt.digest);
      await expect(collection.subject("Ann")).rejects.toThrow(NotFoundError);
      await expect(collection.thumbnail(c.id)).rejects.toThrow(NotFoundError);
      expect((await search(collection, axis(0))).map(({ subject }) => subject)).toEqual(["Bob"]);
      const [entry] = await gallery.audit({ limit: 1 });
      expect((await gallery.audit({ limit: 2 })).find(({ action }) => action === "delete-subject")).toMatchObject({
        digest: receipt.digest,
        subjectId: a.subjectId,
        count: 3,
      });
      expect(entry!.action).toBe("search");
      await expect(collection.deleteSubject("Ann")).rejects.toThrow(NotFoundError);
    });

    it("of those whose time has come leaves the others", async () => {
      const collection = await newCollection();
      for (const [i, name] of ["gone", "later", "never"].entries()) await enroll(collection, name, axis(i));
      await collection.changeSubject("gone", { expiresAt: new Date(Date.now() - 1) });
      await collection.changeSubject("later", { expiresAt: new Date(Date.now() + 3_600_000) });
      const receipts = await gallery.deleteExpired();
      expect(receipts.filter((receipt) => receipt.collection === collection.name)).toHaveLength(1);
      expect((await collection.subjects()).map(({ name }) => name)).toEqual(["later", "never"]);
      expect(await gallery.deleteExpired()).toEqual([]);
    });
  });

  describe("a merge", () => {
    it("moves templates, drops those of a source that both have, and keeps the other's notes", async () => {
      const collection = await newCollection();
      const template = { embedding: axis(0), model: MODEL, sourceDigest: digest("c") };
      await collection.addSubject("Ann", { consent: "kept" });
      await collection.enroll({ ...template, subject: "Ann" });
      await collection.enroll({ ...template, subject: "Anna" });
      await enroll(collection, "Anna", axis(1));
      const { id } = await collection.subject("Ann");
      expect(await collection.mergeSubjects({ from: "Anna", into: "Ann" })).toEqual({
        subjectId: id,
        movedCount: 1,
        droppedCount: 1,
      });
      expect(await collection.subject("Ann")).toMatchObject({ consent: "kept", templateCount: 2 });
      await expect(collection.subject("Anna")).rejects.toThrow(NotFoundError);
      expect((await search(collection, axis(1)))[0]).toMatchObject({ subject: "Ann" });
      expect((await gallery.collections()).find(({ name }) => name === collection.name)!.templateCount).toBe(2);
    });

    it("needs two subjects", async () => {
      const collection = await newCollection();
      await enroll(collection, "Ann", axis(0));
      await expect(collection.mergeSubjects({ from: "Ann", into: "Ann" })).rejects.toThrow(OptionError);
      await expect(collection.mergeSubjects({ from: "Ann", into: "Bob" })).rejects.toThrow(NotFoundError);
      expect((await collection.subject("Ann")).templateCount).toBe(1);
    });
  });

  describe("export and import", () => {
    const lines = async (collection: Collection) => {
      const all: string[] = [];
      for await (const line of collection.export()) all.push(line);
      return all;
    };

    it("lose nothing, bit by bit", async () => {
      const collection = await newCollection(16);
      const source = random(21);
      await collection.addSubject("Zoë", {
        consent: "yes\n",
        expiresAt: new Date(4e12),
        metadata: { a: [1, null, "é"] },
      });
      const templates = Array.from({ length: 1100 }, (_, i) => ({
        subject: `person ${i % 3}`,
        embedding: randomUnit(source, 16),
        model: MODEL,
        quality: (i % 100) / 100,
        sourceDigest: i.toString(16).padStart(64, "0"),
        ...(i % 5 === 0 ? { thumbnail: Uint8Array.of(i % 256, 255, 0) } : {}),
      }));
      await collection.enrollMany(templates);
      const exported = await lines(collection);
      expect(exported).toHaveLength(1 + 4 + 1100);
      const stored = exported.flatMap((text) => JSON.parse(text).template?.embedding ?? []);
      const given = templates.map(({ embedding }) => Buffer.from(embedding.buffer).toString("base64"));
      expect(stored.sort()).toEqual(given.sort());

      await expect(gallery.import(exported)).rejects.toThrow(ConflictError);
      await gallery.deleteCollection(collection.name);
      const result = { collection: collection.name, subjectCount: 4, templateCount: 1100 };
      expect(await gallery.import(exported)).toEqual(result);
      const imported = await gallery.collection(collection.name);
      expect(await lines(imported)).toEqual(exported);
      await expect(gallery.import(exported, randomUUID())).rejects.toThrow(/these people already/);
      const [match] = await search(imported, templates[4]!.embedding);
      expect(match).toMatchObject({ subject: "person 1", score: expect.closeTo(1, 6) });
    });

    it.each<[string, (all: string[]) => string[], RegExp]>([
      ["nothing", () => [], /line 1: got an empty export/],
      ["no collection", (all) => all.slice(1), /line 1: expected the collection first/],
      ["a cut line", (all) => [...all.slice(0, -1), all.at(-1)!.slice(0, 40)], /line 3: expected a JSON object/],
      ["no subject", ([head, , template]) => [head!, template!], /line 2: expected its subject on a line before/],
      ["a line twice", (all) => [...all, all.at(-1)!], /two lines have the same id/],
      ["a later version", (all) => all.map((text) => text.replace('"version":1', '"version":9')), /got version 9/],
    ])("refuse %s, and leave nothing behind", async (_, damage, message) => {
      const collection = await newCollection();
      await enroll(collection, "Ann", axis(0));
      const exported = damage(await lines(collection));
      await gallery.deleteCollection(collection.name);
      await expect(gallery.import(exported)).rejects.toThrow(message);
      await expect(gallery.collection(collection.name)).rejects.toThrow(NotFoundError);
    });
  });

  describe("an index", () => {
    it("comes and goes with the size, and finds what comparing all finds", async () => {
      const size = 16;
      const collection = await newCollection(size);
      const source = random(31);
      const templates = Array.from({ length: 200 }, (_, i) => ({
        subject: `person ${i % 50}`,
        embedding: randomUnit(source, size),
        model: MODEL,
      }));
      await collection.enrollMany(templates);
      const probes = Array.from({ length: 10 }, () => randomUnit(source, size));
      const exact = await Promise.all(probes.map((probe) => search(collection, probe)));
      expect(await collection.updateIndex(200)).toBe(false);
      expect(await collection.updateIndex(199)).toBe(true);
      const indexed = await gallery.collection(collection.name);
      expect(await Promise.all(probes.map((probe) => search(indexed, probe)))).toEqual(exact);
      await indexed.enroll({ subject: "new", embedding: probes[0]!, model: MODEL });
      expect((await search(indexed, probes[0]!))[0]!.subject).toBe("new");
      expect(await collection.updateIndex(300)).toBe(true);
      expect(await collection.updateIndex(1000)).toBe(false);
      await gallery.deleteCollection(collection.name);
    });
  });

  describe("API keys", () => {
    it("open what their scopes say", async () => {
      const { key, info } = await gallery.keys.create({ name: "door", scopes: ["read"] });
      expect(await gallery.keys.check(key)).toEqual(info);
      expect(["read", "enroll", "admin"].map((scope) => allows(info, scope as "read"))).toEqual([true, false, false]);
      const { info: admin } = await gallery.keys.create({ name: "owner", scopes: ["admin"] });
      expect(["read", "enroll", "admin"].map((scope) => allows(admin, scope as "read"))).toEqual([true, true, true]);
      expect(await gallery.keys.list()).toEqual(expect.arrayContaining([info, admin]));
    });

    it("open nothing when wrong, revoked or expired", async () => {
      const { key, info } = await gallery.keys.create({ name: "door", scopes: ["read"] });
      const last = key.at(-1) === "A" ? "B" : "A";
      for (const wrong of ["", "cosface_", key.slice(0, -1) + last, key.slice(0, -4), `${key}AAAA`, key.slice(8)]) {
        expect(await gallery.keys.check(wrong)).toBeUndefined();
      }
      await gallery.keys.revoke(info.id);
      expect(await gallery.keys.check(key)).toBeUndefined();
      await expect(gallery.keys.revoke(info.id)).rejects.toThrow(NotFoundError);
      const expired = await gallery.keys.create({ name: "old", scopes: ["read"], expiresAt: new Date(Date.now() - 1) });
      expect(await gallery.keys.check(expired.key)).toBeUndefined();
      await expect(gallery.keys.create({ name: "none", scopes: [] })).rejects.toThrow(OptionError);
    });
  });

  describe("the audit trail", () => {
    it("tells who did what, in ids and counts alone", async () => {
      const { info } = await gallery.keys.create({ name: "door", scopes: ["enroll"] });
      const { name } = await newCollection();
      const collection = await gallery.as(info.id).collection(name);
      const { subjectId } = await enroll(collection, "Ann Example", axis(0));
      await search(collection, axis(0));
      await collection.deleteSubject("Ann Example");
      const entries = await gallery.audit({ limit: 3 });
      expect(entries.map(({ action }) => action)).toEqual(["delete-subject", "search", "enroll"]);
      expect(entries.map((entry) => entry.actor)).toEqual(Array(3).fill(info.id));
      expect(entries.map((entry) => entry.subjectId)).toEqual([subjectId, null, subjectId]);
      expect(JSON.stringify(await gallery.audit({ limit: 1000 }))).not.toContain("Ann");
      const older = await gallery.audit({ before: entries[0]!.id, limit: 2 });
      expect(older).toEqual(entries.slice(1));
    });

    it("is pruned by age", async () => {
      await newCollection();
      const [newest] = await gallery.audit({ limit: 1 });
      expect(await gallery.pruneAudit(newest!.at)).toBeGreaterThan(0);
      expect((await gallery.audit({ limit: 1000 })).map(({ id }) => id)).toEqual([newest!.id]);
    });
  });

  describe("calibrations", () => {
    it("are kept by model and FAR, the last one each", async () => {
      const model = randomUUID();
      const calibration = {
        model,
        far: 1e-3,
        threshold: 0.31,
        thresholdInterval: { low: 0.29, high: Number.POSITIVE_INFINITY },
        genuineCount: 300,
        impostorCount: 3000,
        sources: [{ name: 'the entrance\'s "camera"', identityCount: 30, imageCount: 80, pairCount: null }],
      };
      const { sources: _, ...unknownSource } = { ...calibration, far: 1e-4 };
      await gallery.saveCalibration(unknownSource);
      await gallery.saveCalibration({ ...calibration, threshold: 0.5 });
      await gallery.saveCalibration({ ...calibration, far: 1e-2 });
      await gallery.saveCalibration(calibration);
      expect(await gallery.calibrations(model)).toEqual([
        { ...unknownSource, createdAt: expect.any(Date) },
        { ...calibration, createdAt: expect.any(Date) },
        { ...calibration, far: 1e-2, createdAt: expect.any(Date) },
      ]);
      await expect(gallery.saveCalibration({ ...calibration, far: 0 })).rejects.toThrow(OptionError);
    });
  });
});
