import { describe, expect, it } from "vitest";
import { createDatabase } from "../../../../test/support/galleries.ts";
import { GalleryError } from "../../../base/core/index.ts";
import { encodeVector, openDatabase } from "../engines/index.ts";
import { migrate, migrations } from "./migrate.ts";

const server = process.env.COSFACE_TEST_DATABASE_URL;

describe.each(["pglite", ...(server === undefined ? [] : ["postgres"])])("migrations on %s", (engine) => {
  it("bring an older schema up to date with all it holds, once, and refuse a newer one", async () => {
    const { location, remove } =
      engine === "postgres" ? await createDatabase(server!) : { location: undefined, remove: undefined };
    const database = await openDatabase(location, 2);
    expect(await migrate(database, migrations.slice(0, 1))).toEqual([1]);
    const id = "00000000-0000-4000-8000-000000000001";
    await database.query("insert into collections (name, model, size, template_count) values ('a', 'm', 2, 1)");
    await database.query("insert into subjects (id, collection_id, name) values ($1, 1, 'Ann')", [id]);
    await database.query(
      "insert into templates (id, collection_id, subject_id, embedding, model, revision) values ($1, 1, $1, $2, 'm', 1)",
      [id, encodeVector(Float32Array.of(0.6, 0.8))],
    );
    await database.query("insert into thumbnails (template_id, image) values ($1, '\\x0102')", [id]);

    // Bob has two templates, of which a search needs the length of their sum.
    const bob = "00000000-0000-4000-8000-000000000002";
    await database.query("insert into subjects (id, collection_id, name) values ($1, 1, 'Bob')", [bob]);
    for (const embedding of [Float32Array.of(1, 0), Float32Array.of(0, 1)]) {
      await database.query(
        "insert into templates (id, collection_id, subject_id, embedding, model, revision) values (gen_random_uuid(), 1, $1, $2, 'm', 1)",
        [bob, encodeVector(embedding)],
      );
    }

    expect(await migrate(database)).toEqual(migrations.slice(1).map(({ version }) => version));
    expect(await migrate(database)).toEqual([]);
    const kept = await database.query(
      `select subjects.name, embedding::text as embedding, sealed, image, is_sealed as "isSealed"
       from templates join subjects on subjects.id = subject_id join thumbnails on template_id = templates.id`,
    );
    expect(kept).toEqual([
      { name: "Ann", embedding: "[0.6,0.8]", sealed: null, image: Buffer.of(1, 2), isSealed: false },
    ]);

    const lengths = await database.query("select name, sum_length from subjects order by name");
    expect(lengths).toEqual([
      { name: "Ann", sum_length: null },
      { name: "Bob", sum_length: expect.closeTo(Math.SQRT2, 6) },
    ]);

    // A template and its subject have to be of one collection.
    await database.query("insert into collections (name, model, size) values ('b', 'm', 2)");
    const stray = database.query(
      "insert into templates (id, collection_id, subject_id, embedding, model, revision) values (gen_random_uuid(), 2, $1, '[1,0]', 'm', 1)",
      [id],
    );
    await expect(stray).rejects.toMatchObject({ code: "23503" });

    await database.query("insert into schema_migrations (version, name) values (999, 'later')");
    await expect(migrate(database)).rejects.toThrow(GalleryError);
    await expect(migrate(database)).rejects.toThrow(/has schema 999, this program knows/);
    await database.close();
    await remove?.();
  });

  it("are numbered from 1 without a gap", () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1));
  });
});
