import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createDatabase, randomUnit, testEngines } from "../../../test/support/galleries.ts";
import { ConflictError, GalleryError, random } from "../../base/core/index.ts";
import { encodeVector, openDatabase } from "./engines/index.ts";
import { type Gallery, type GalleryOptions, openGallery, restoreGallery } from "./index.ts";
import { migrate, migrations } from "./migrations/migrate.ts";
import { selectRows, TABLES } from "./sql/backup.ts";

const SIZE = 16;
const MODEL = "test-model";
const server = process.env.COSFACE_TEST_DATABASE_URL;

async function backup(gallery: Gallery): Promise<string[]> {
  const all: string[] = [];
  await gallery.backUp(async (lines) => {
    for await (const line of lines) all.push(line);
  });
  return all;
}

async function exported(gallery: Gallery, name: string): Promise<string[]> {
  const all: string[] = [];
  for await (const line of (await gallery.collection(name)).export()) all.push(line);
  return all;
}

/** Something in every table: people, thumbnails, a key, a calibration, and the trail of how they came. */
async function fill(gallery: Gallery): Promise<string> {
  const source = random(8);
  const collection = await gallery.createCollection({ name: "staff", model: MODEL, size: SIZE });
  await collection.addSubject("Zoë \"'\\", {
    consent: "on\npaper",
    expiresAt: new Date(4e12),
    metadata: { a: [1.5, null, "é"] },
  });
  await collection.enrollMany(
    Array.from({ length: 450 }, (_, i) => ({
      subject: `person ${i % 7}`,
      embedding: randomUnit(source, SIZE),
      model: MODEL,
      quality: (i % 100) / 100,
      sourceDigest: i.toString(16).padStart(64, "0"),
      ...(i % 5 === 0 && { thumbnail: Uint8Array.of(i % 256, 255, 0) }),
    })),
  );
  await gallery.saveCalibration({
    model: MODEL,
    far: 1e-3,
    threshold: 0.1 + 0.2,
    thresholdInterval: { low: 0.29, high: Number.POSITIVE_INFINITY },
    genuineCount: 300,
    impostorCount: 3000,
  });
  const { key } = await gallery.keys.create({ name: "door", scopes: ["read", "enroll"], expiresAt: new Date(4e12) });
  return key;
}

const cleanUp: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const step of cleanUp.reverse()) await step();
});

async function newLocation(engine: Gallery["engine"]): Promise<string> {
  if (engine === "postgres") {
    const { location, remove } = await createDatabase(server!);
    cleanUp.push(remove);
    return location;
  }
  const folder = await mkdtemp(join(tmpdir(), "cosface-backup-"));
  cleanUp.push(() => rm(folder, { recursive: true }));
  return join(folder, "gallery");
}

/** Where a gallery is that need not be opened twice: in memory, where that can be. */
async function passing(engine: Gallery["engine"]): Promise<Pick<GalleryOptions, "location">> {
  return engine === "postgres" ? { location: await newLocation(engine) } : {};
}

async function open(options: GalleryOptions): Promise<Gallery> {
  const gallery = await openGallery(options);
  cleanUp.push(() => gallery.close());
  return gallery;
}

const engines = testEngines.map(({ engine }) => engine);
const ways = engines.flatMap((from) => engines.map((to) => [from, to] as const));

describe.each(ways)("a backup from %s", (from, to) => {
  it(`is restored in ${to}, bit by bit, and once`, { timeout: 240_000 }, async () => {
    const gallery = await open(await passing(from));
    const key = await fill(gallery);
    await (await gallery.collection("staff")).updateIndex(0);
    const people = await exported(gallery, "staff");
    const lines = await backup(gallery);

    const location = await newLocation(to);
    const { rowCounts } = await restoreGallery({ location }, lines);
    expect(rowCounts).toMatchObject({ collections: 1, subjects: 8, templates: 450, thumbnails: 90, calibrations: 1 });
    await expect(restoreGallery({ location }, lines)).rejects.toThrow(ConflictError);

    const restored = await open({ location });
    const trail = await gallery.audit();
    expect((await restored.audit()).slice(1)).toEqual(trail);
    expect((await restored.audit())[0]).toMatchObject({ action: "restore", count: 450 });
    expect(await exported(restored, "staff")).toEqual(people);
    expect(await restored.collections()).toEqual(await gallery.collections());
    expect((await restored.collections())[0]).toMatchObject({ templateCount: 450, isIndexed: true });
    expect(await restored.calibrations(MODEL)).toEqual(await gallery.calibrations(MODEL));
    expect(await restored.keys.check(key)).toEqual(await gallery.keys.check(key));
    // Ids go on behind those that came.
    const other = await restored.createCollection({ name: "guests", model: MODEL, size: SIZE });
    await other.enroll({ subject: "Ann", embedding: randomUnit(random(1), SIZE), model: MODEL });
    expect(await backup(gallery)).toHaveLength(lines.length + 1); // the second one's entry in the trail
  });
});

describe.each(engines)("a backup on %s", (engine) => {
  it("of an encrypted gallery is encrypted, and needs its key", { timeout: 240_000 }, async () => {
    const [key, wrong] = [randomBytes(32), randomBytes(32)];
    const gallery = await open({ ...(await passing(engine)), encryptionKeys: [key] });
    await fill(gallery);
    const people = await exported(gallery, "staff");
    const lines = await backup(gallery);
    const templates = lines.filter((line) => line.startsWith('{"templates"')).map((line) => JSON.parse(line).templates);
    expect(templates.every(({ embedding, sealed }) => embedding === null && sealed.startsWith("\\x"))).toBe(true);
    const location = await newLocation(engine);
    await expect(restoreGallery({ location, encryptionKeys: [wrong] }, lines)).rejects.toThrow(/another key/);
    await expect(restoreGallery({ location }, lines)).rejects.toThrow(/no key/);
    await restoreGallery({ location, encryptionKeys: [key] }, lines);
    expect(await exported(await open({ location, encryptionKeys: [key] }), "staff")).toEqual(people);
  });

  it("of an older schema comes up to date", { timeout: 240_000 }, async () => {
    const database = await openDatabase((await passing(engine)).location, 1);
    await migrate(database, migrations.slice(0, 1));
    const id = "00000000-0000-4000-8000-000000000001";
    await database.query("insert into collections (name, model, size, template_count) values ('a', 'm', 2, 1)");
    await database.query("insert into subjects (id, collection_id, name) values ($1, 1, 'Ann')", [id]);
    await database.query(
      "insert into templates (id, collection_id, subject_id, embedding, model, revision) values ($1, 1, $1, $2, 'm', 1)",
      [id, encodeVector(Float32Array.of(0.6, 0.8))],
    );
    const lines = ['{"backup":{"version":1,"schema":1,"createdAt":"2026-01-02T03:04:05.678Z"}}'];
    await database.transaction(async (connection) => {
      for (const table of TABLES.slice(0, 4)) {
        for await (const row of selectRows(connection, table, 2)) lines.push(`{"${table}":${row}}`);
      }
    });
    await database.close();
    const location = await newLocation(engine);
    const { createdAt, rowCounts } = await restoreGallery({ location }, [...lines, '{"end":{"rowCount":3}}']);
    expect([createdAt.toISOString(), rowCounts.templates]).toEqual(["2026-01-02T03:04:05.678Z", 1]);
    const collection = await (await open({ location })).collection("a");
    const [match] = await collection.search({ embedding: Float32Array.of(0.6, 0.8), model: "m" });
    expect(match).toMatchObject({ subject: "Ann", score: expect.closeTo(1, 6) });
  });

  it.each<[string, (lines: string[]) => string[], RegExp]>([
    ["nothing", () => [], /cut off/],
    ["no head", (lines) => lines.slice(1), /first line is not the head/],
    ["no end", (lines) => lines.slice(0, -1), /cut off/],
    ["a row too few", (lines) => [...lines.slice(0, -2), lines.at(-1)!], /not as many as its last line says/],
    ["a later schema", ([head, ...rest]) => [head!.replace(/"schema":\d+/, '"schema":99'), ...rest], /newer cosface/],
    [
      "another table",
      (lines) => lines.map((line) => line.replace(/^\{"subjects"/, '{"pg_user"')),
      /not a row of a gallery/,
    ],
    [
      "half a row",
      (lines) => lines.map((line) => line.replace(/^(\{"subjects":.{50}).*/, "$1}}")),
      /subjects does not fit/,
    ],
    ["no collection", (lines) => lines.filter((line) => !line.startsWith('{"coll')), /subjects does not fit/],
    ["lines behind it", (lines) => [...lines, lines[1]!], /lines after its end/],
  ])(
    "with %s is refused, and leaves a database that takes a whole one",
    { timeout: 240_000 },
    async (_, damage, message) => {
      const { lines, location } = await target(engine);
      const refused = restoreGallery({ location }, damage(lines));
      await expect(refused).rejects.toThrow(GalleryError);
      await expect(refused).rejects.toThrow(message);
    },
  );

  it("after all of these has left nothing", { timeout: 240_000 }, async () => {
    const { lines, location } = await target(engine);
    expect((await restoreGallery({ location }, lines)).rowCounts.templates).toBe(1);
  });

  it("knows all tables", async () => {
    const { location } = await target(engine);
    const database = await openDatabase(location, 1);
    const tables = await database.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public'",
    );
    await database.close();
    expect(tables.map(({ name }) => name).sort()).toEqual([...TABLES, "schema_migrations"].sort());
  });
});

const targets = new Map<Gallery["engine"], Promise<{ lines: string[]; location: string }>>();

/** A small backup, and one database for all attempts to restore it. */
function target(engine: Gallery["engine"]): Promise<{ lines: string[]; location: string }> {
  const made = targets.get(engine) ?? makeTarget(engine);
  targets.set(engine, made);
  return made;
}

async function makeTarget(engine: Gallery["engine"]): Promise<{ lines: string[]; location: string }> {
  const gallery = await open(await passing(engine));
  const collection = await gallery.createCollection({ name: "a", model: MODEL, size: 2 });
  await collection.enroll({ subject: "Ann", embedding: Float32Array.of(1, 0), model: MODEL });
  return { lines: await backup(gallery), location: await newLocation(engine) };
}
