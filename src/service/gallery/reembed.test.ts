import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestGallery, testEngines } from "../../../test/support/galleries.ts";
import { GalleryError, NotFoundError, OptionError } from "../../base/core/index.ts";
import type { Collection, Gallery, Reembedding } from "./index.ts";

const axis = (i: number, size: number) => Float32Array.from({ length: size }, (_, j) => (i === j ? 1 : 0));

/** A model that puts the image of one byte i on axis i of five; 9 shows no face. */
const other = {
  model: "other",
  size: 5,
  embed: async (images: readonly Uint8Array[]) => images.map(([i]) => (i === 9 ? null : axis(i!, 5))),
} satisfies Reembedding;

const kinds = testEngines.flatMap(({ engine, create }) => [
  { engine, kind: "open", create },
  { engine, kind: "encrypted", create: () => create({ encryptionKeys: [randomBytes(32)] }) },
]);

describe.each(kinds)("reembed of an $kind gallery on $engine", ({ create, kind }) => {
  let opened: TestGallery;
  let gallery: Gallery;
  beforeAll(async () => {
    opened = await create();
    gallery = opened.gallery;
  }, 240_000);
  afterAll(() => opened.remove());

  /** Ann with images 0 and 1, Bob with 2, in four dimensions of the old model. */
  async function people(): Promise<Collection> {
    const collection = await gallery.createCollection({ name: randomUUID(), model: "old", size: 4 });
    for (const [i, subject] of ["Ann", "Ann", "Bob"].entries()) {
      await collection.enroll({ subject, embedding: axis(3 - i, 4), model: "old", thumbnail: Uint8Array.of(i) });
    }
    return collection;
  }

  const found = async (collection: Collection, i: number) =>
    (await collection.search({ embedding: axis(i, 5), model: "other" }, { minimumScore: 0.9 })).map(
      ({ subject }) => subject,
    );

  it("moves all to the other model, with ids, names and images", async () => {
    const old = await people();
    const before = [...(await old.templates("Ann")), ...(await old.templates("Bob"))];
    if (kind === "open") await old.updateIndex(0);
    const seen: number[] = [];
    const result = await gallery.reembed(old.name, { ...other, onProgress: (done) => seen.push(done) });
    expect(result).toEqual({ embeddedCount: 3, droppedCount: 0, withoutTemplates: [] });
    expect(seen).toEqual([3]);
    const moved = await gallery.collection(old.name);
    expect([moved.model, moved.size]).toEqual(["other", 5]);
    expect([await found(moved, 0), await found(moved, 1), await found(moved, 2)]).toEqual([["Ann"], ["Ann"], ["Bob"]]);
    const after = [...(await moved.templates("Ann")), ...(await moved.templates("Bob"))];
    expect(after).toEqual(before.map((template) => ({ ...template, model: "other" })));
    const info = (await gallery.collections()).find(({ name }) => name === old.name);
    expect(info).toMatchObject({ templateCount: 3, isIndexed: kind === "open" });
    expect((await gallery.audit()).find(({ action }) => action === "reembed")).toMatchObject({ count: 3 });
  });

  it("ends what was open before, instead of comparing two models", async () => {
    const old = await people();
    const probe = { embedding: axis(0, 4), model: "old" };
    expect(await old.search(probe)).toHaveLength(2);
    await gallery.reembed(old.name, other);
    await expect(old.search(probe)).rejects.toThrow(NotFoundError);
    await expect(old.enroll({ ...probe, subject: "Cem" })).rejects.toThrow(/'other', got one of 'old'/);
    expect((await gallery.collection(old.name).then((moved) => moved.subjects())).map(({ name }) => name)).toEqual([
      "Ann",
      "Bob",
    ]);
  });

  it.each([
    ["no picture", undefined],
    ["a image without a face", Uint8Array.of(9)],
  ])("refuses templates with %s, or drops them and tells whose they were", async (_, thumbnail) => {
    const old = await people();
    const template = { model: "old", ...(thumbnail !== undefined && { thumbnail }) };
    await old.enroll({ ...template, subject: "Cem", embedding: axis(1, 4) });
    await old.enroll({ ...template, subject: "Ann", embedding: axis(1, 4) });
    const listed = await old.templates("Ann");
    await expect(gallery.reembed(old.name, other)).rejects.toThrow(GalleryError);
    await expect(gallery.reembed(old.name, other)).rejects.toThrow(/: 2 templates have/);
    expect(await old.templates("Ann")).toEqual(listed);
    const result = await gallery.reembed(old.name, { ...other, withoutPicture: "drop" });
    expect(result).toEqual({ embeddedCount: 3, droppedCount: 2, withoutTemplates: ["Cem"] });
    const moved = await gallery.collection(old.name);
    expect((await moved.subject("Cem")).templateCount).toBe(0);
    expect(await found(moved, 0)).toEqual(["Ann"]);
    expect((await gallery.collections()).find(({ name }) => name === old.name)!.templateCount).toBe(3);
  });

  it.each<[string, Partial<Reembedding>, new (message: string) => Error]>([
    ["its own model", { model: "old" }, OptionError],
    ["embeddings of another size", { size: 6 }, GalleryError],
    ["too few embeddings", { embed: async () => [] }, OptionError],
    ["a size beyond all", { size: 4001 }, OptionError],
    ["an embedder that fails", { embed: () => Promise.reject(new RangeError("no")) }, RangeError],
  ])("with %s changes nothing", async (_, wrong, error) => {
    const old = await people();
    await expect(gallery.reembed(old.name, { ...other, ...wrong })).rejects.toThrow(error);
    expect((await old.search({ embedding: axis(3, 4), model: "old" }))[0]).toMatchObject({ subject: "Ann" });
    expect((await gallery.collection(old.name)).model).toBe("old");
  });
});
