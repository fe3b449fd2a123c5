/**
 * A collection answers as `KnownPeople` does, whatever happened to its templates: open, encrypted, and by its index.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomUnit, type TestGallery, testEngines } from "../../../test/support/galleries.ts";
import { type Random, random } from "../../base/core/index.ts";
import { KnownPeople } from "../../faces/people/index.ts";
import type { Embeddings } from "../../measure/eval/index.ts";
import { type Collection, openGallery } from "./index.ts";

const MODEL = "test-model";
const SIZE = 8;

/** Templates of each person by their ids, as they should be stored. */
type Expected = Map<string, Map<string, Float32Array>>;

function rows(embeddings: Iterable<Float32Array>): Embeddings {
  const list = [...embeddings];
  const data = Float32Array.from(list.flatMap((row) => [...row]));
  return { count: list.length, size: SIZE, data };
}

async function expectSameAnswers(collection: Collection, people: Expected, source: Random): Promise<number> {
  const stored = [...people].filter(([, templates]) => templates.size > 0);
  const known = new KnownPeople(
    stored.map(([name, templates]) => ({ name, templates: rows(templates.values()) })),
    SIZE,
  );
  let meanCount = 0;
  for (let i = 0; i < 4; i++) {
    const probe = randomUnit(source, SIZE);
    const expected = known.identify(probe, { threshold: -1, limit: 6 });
    const found = await collection.people.identify(probe, { threshold: -1, limit: 6 });
    expect(found.matches.map(({ name }) => name)).toEqual(expected.matches.map(({ name }) => name));
    expect(found.nearestScore).toBeCloseTo(expected.nearestScore, 5);
    for (const [rank, { name, score, template }] of found.matches.entries()) {
      expect(score).toBeCloseTo(expected.matches[rank]!.score, 5);
      if (template === "mean") meanCount++;
      else expect(people.get(name)?.has(String(template))).toBe(true);
      expect(template === "mean").toBe(expected.matches[rank]!.template === "mean");
    }
  }
  return meanCount;
}

async function enroll(collection: Collection, people: Expected, subject: string, embedding: Float32Array) {
  const { id } = await collection.enroll({ subject, embedding, model: MODEL });
  const templates = people.get(subject) ?? new Map<string, Float32Array>();
  people.set(subject, templates.set(id, embedding));
}

describe.each(testEngines)("a collection as a store of people on $engine", ({ create }) => {
  describe.each([
    ["open", {}],
    ["encrypted", { encryptionKeys: [randomBytes(32)] }],
  ])("%s", (_what, options) => {
    let opened: TestGallery;
    beforeAll(async () => {
      opened = await create(options);
    });
    afterAll(() => opened.remove());

    it("scores by the best template and the mean after enrolling, deleting, merging and renaming in any order", async () => {
      const { gallery } = opened;
      const collection = await gallery.createCollection({ name: "random", model: MODEL, size: SIZE });
      const source = random(5);
      const people: Expected = new Map();
      const anyPerson = () => [...people.keys()][source.integer(people.size)]!;
      let meanCount = 0;
      for (let step = 0; step < 60; step++) {
        const kind = people.size < 4 ? 0 : source.integer(10);
        if (kind < 6) await enroll(collection, people, `person ${source.integer(12)}`, randomUnit(source, SIZE));
        else if (kind === 6) {
          const [id] = people.get(anyPerson())!.keys();
          if (id === undefined) continue;
          await collection.deleteTemplate(id);
          for (const templates of people.values()) templates.delete(id);
        } else if (kind === 7) {
          const name = anyPerson();
          await collection.deleteSubject(name);
          people.delete(name);
        } else if (kind === 8) {
          const [from, into] = [anyPerson(), anyPerson()];
          if (from === into) continue;
          await collection.mergeSubjects({ from, into });
          for (const [id, embedding] of people.get(from)!) people.get(into)!.set(id, embedding);
          people.delete(from);
        } else {
          const [name, next] = [anyPerson(), `renamed ${step}`];
          await collection.changeSubject(name, { name: next });
          people.set(next, people.get(name)!);
          people.delete(name);
        }
        meanCount += await expectSameAnswers(collection, people, source);
      }
      expect(meanCount).toBeGreaterThan(20);
      const lines: string[] = [];
      for await (const line of collection.export()) lines.push(line);
      await gallery.deleteCollection("random");
      await gallery.import(lines, "imported");
      await expectSameAnswers(await gallery.collection("imported"), people, source);
    });

    it("scores by the new embeddings after a change of model", async () => {
      const { gallery } = opened;
      const name = "moved";
      const collection = await gallery.createCollection({ name, model: "before", size: 3 });
      const source = random(6);
      for (let i = 0; i < 6; i++) {
        const embedding = randomUnit(source, 3);
        await collection.enroll({
          subject: `person ${i % 2}`,
          embedding,
          model: "before",
          thumbnail: Uint8Array.of(i),
        });
      }
      const after = Array.from({ length: 6 }, () => randomUnit(source, SIZE));
      const embed = async (images: readonly Uint8Array[]) => images.map(([i = 0]) => after[i]!);
      await gallery.reembed(name, { model: MODEL, size: SIZE, embed });
      const moved = await gallery.collection(name);
      const people: Expected = new Map();
      for (const subject of ["person 0", "person 1"]) {
        const templates = await moved.templates(subject);
        const entries = await Promise.all(
          templates.map(async ({ id }) => [id, after[(await moved.thumbnail(id))[0]!]!] as const),
        );
        people.set(subject, new Map(entries));
      }
      await expectSameAnswers(moved, people, source);
    });

    it("excludes a person by a negative that is as near, and finds the next one", async () => {
      const { gallery } = opened;
      const collection = await gallery.createCollection({ name: "negatives", model: MODEL, size: SIZE });
      const people: Expected = new Map();
      const source = random(7);
      for (let i = 0; i < 12; i++) await enroll(collection, people, `person ${i % 4}`, randomUnit(source, SIZE));
      const known = new KnownPeople(
        [...people].map(([name, templates]) => ({ name, templates: rows(templates.values()) })),
        SIZE,
      );
      const probe = randomUnit(source, SIZE);
      const [first, second] = known.identify(probe, { threshold: -1 }).matches;
      const negatives = new Map([[first!.name, rows([probe])]]);
      const search = { threshold: -1, limit: 2, negatives };
      const found = await collection.people.identify(probe, search);
      expect(found.name).toBe(second!.name);
      expect(found.nearestScore).toBeCloseTo(first!.score, 5);
      const expected = known.identify(probe, search);
      expect(found.matches.map(({ name }) => name)).toEqual(expected.matches.map(({ name }) => name));
    });
  });

  it("answers by its index as without it, and from a backup as before", async () => {
    const opened = await create();
    const { gallery } = opened;
    const collection = await gallery.createCollection({ name: "indexed", model: MODEL, size: SIZE });
    const source = random(8);
    const people: Expected = new Map();
    for (let i = 0; i < 60; i++) await enroll(collection, people, `person ${i % 25}`, randomUnit(source, SIZE));
    await collection.updateIndex(10);
    const indexed = await gallery.collection("indexed");
    // With as many candidates as there are templates, the index misses none.
    const probe = randomUnit(source, SIZE);
    const all = await indexed.people.identify(probe, { threshold: -1, limit: 25 });
    const exact = await collection.people.identify(probe, { threshold: -1, limit: 25 });
    expect(all.matches.map(({ name }) => name)).toEqual(exact.matches.map(({ name }) => name));
    await expectSameAnswers(collection, people, source);
    await opened.remove();
  });
});

it("a gallery in a folder answers the same once its templates are sealed", async () => {
  const location = await mkdtemp(join(tmpdir(), "cosface-sealed-"));
  const source = random(9);
  const people: Expected = new Map();
  try {
    const open = await openGallery({ location });
    const collection = await open.createCollection({ name: "sealed", model: MODEL, size: SIZE });
    for (let i = 0; i < 30; i++) await enroll(collection, people, `person ${i % 7}`, randomUnit(source, SIZE));
    await open.close();
    const encrypted = await openGallery({ location, encryptionKeys: [randomBytes(32)] });
    await expectSameAnswers(await encrypted.collection("sealed"), people, source);
    expect(await encrypted.sealAll()).toBe(30);
    await expectSameAnswers(await encrypted.collection("sealed"), people, source);
    await encrypted.close();
  } finally {
    await rm(location, { recursive: true });
  }
});
