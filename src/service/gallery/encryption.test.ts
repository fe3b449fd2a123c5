import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createDatabase, randomUnit } from "../../../test/support/galleries.ts";
import { GalleryError, random } from "../../base/core/index.ts";
import { openDatabase } from "./engines/index.ts";
import { type Collection, openGallery } from "./index.ts";

const SIZE = 32;
const MODEL = "test-model";
const server = process.env.COSFACE_TEST_DATABASE_URL;
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];

describe.each(["pglite", ...(server === undefined ? [] : ["postgres"])])("an encrypted gallery on %s", (engine) => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const step of cleanUp.reverse()) await step();
  });

  async function newLocation(): Promise<string> {
    if (engine === "postgres") {
      const { location, remove } = await createDatabase(server!);
      cleanUp.push(remove);
      return location;
    }
    const folder = await mkdtemp(join(tmpdir(), "cosface-gallery-"));
    cleanUp.push(() => rm(folder, { recursive: true }));
    return folder;
  }

  const source = random(3);
  const people = Array.from({ length: 60 }, (_, i) => ({
    subject: `person ${i % 20}`,
    embedding: randomUnit(source, SIZE),
    model: MODEL,
    thumbnail: new TextEncoder().encode(`thumbnail ${i}`),
  }));
  const answers = (collection: Collection) =>
    Promise.all(
      people.slice(0, 5).map(({ embedding }) => collection.search({ embedding, model: MODEL }, { limit: 20 })),
    );

  it("answers as an open one does, goes from key to key, and is opened by no other", { timeout: 120_000 }, async () => {
    const location = await newLocation();
    const plain = await openGallery({ location });
    const collection = await plain.createCollection({ name: "a", model: MODEL, size: SIZE });
    await collection.enrollMany(people.slice(0, 30));
    await plain.close();

    const sealed = await openGallery({ location, encryptionKeys: [oldKey] });
    expect(await sealed.sealAll()).toBe(60);
    const within = await sealed.collection("a");
    await within.enrollMany(people.slice(30));
    const before = await answers(within);
    expect(before.map(([match]) => match!.subject)).toEqual(people.slice(0, 5).map(({ subject }) => subject));
    const [template] = await within.templates("person 3");
    expect(Buffer.from(await within.thumbnail(template!.id)).toString()).toMatch(/^thumbnail \d+$/);

    // The search follows what others change: a merge, a deletion, another template.
    await within.mergeSubjects({ from: "person 0", into: "person 19" });
    await within.deleteSubject("person 1");
    const after = await answers(within);
    expect(after[0]![0]!.subject).toBe("person 19");
    expect(after.flat().every(({ subject }) => subject !== "person 1" && subject !== "person 0")).toBe(true);
    await within.enroll({ ...people[1]!, subject: "person 1" });
    expect((await answers(within))[1]![0]).toMatchObject({ subject: "person 1" });
    await sealed.close();

    const database = await openDatabase(location, 1);
    const [stored] = await database.query<{ plain: number; readable: number }>(
      `select (select count(*)::integer from templates where embedding is not null) as plain,
         (select count(*)::integer from thumbnails where position('thumbnail'::bytea in image) > 0) as readable`,
    );
    expect(stored).toEqual({ plain: 0, readable: 0 });
    await database.close();

    await expect(openGallery({ location })).rejects.toThrow(GalleryError);
    await expect(openGallery({ location, encryptionKeys: [newKey] })).rejects.toThrow(/another key/);
    const rotating = await openGallery({ location, encryptionKeys: [newKey, oldKey] });
    const count = 2 * (await rotating.collections())[0]!.templateCount;
    expect(await rotating.sealAll()).toBe(count);
    expect(await rotating.sealAll()).toBe(0);
    await rotating.close();
    await expect(openGallery({ location, encryptionKeys: [oldKey] })).rejects.toThrow(GalleryError);
    const rotated = await openGallery({ location, encryptionKeys: [newKey], memoryLimit: 100 });
    const last = await rotated.collection("a");
    await expect(answers(last)).rejects.toThrow(/memoryLimit/);
    await rotated.close();
  });
});
