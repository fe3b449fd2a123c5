/**
 * The gallery's times on PGlite, and on PostgreSQL when COSFACE_TEST_DATABASE_URL names a server: enrollment a row, one text
 * INSERT each beside bulk; searches, comparing with all beside following the index; recall of the index.
 *
 *   .ci/postgres npx tsx bench/gallery.ts [--templates 10000] [--engines pglite,postgres] [--index]
 *
 * People are random directions, probes are theirs with noise, such that the cosine with the right one is about 0.7: in 512
 * dimensions all others are then near 0, and what an index misses is its own fault.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { random } from "../src/core/index.ts";
import { openDatabase } from "../src/gallery/engines/index.ts";
import { type Collection, openGallery } from "../src/gallery/index.ts";
import { createDatabase, randomUnit } from "../test/support/galleries.ts";

const { values } = parseArgs({
  options: {
    templates: { type: "string", default: "10000" },
    engines: { type: "string", default: "pglite,postgres" },
    probes: { type: "string", default: "200" },
    index: { type: "boolean", default: false },
  },
});
const [count, probeCount] = [Number(values.templates), Number(values.probes)];
const SIZE = 512;
const MODEL = "random";
const TEXT_ROWS = 200;

const source = random(1);
const embeddings = Array.from({ length: count }, () => randomUnit(source, SIZE));
const probes = Array.from({ length: probeCount }, () => {
  const person = source.integer(count);
  const noise = randomUnit(source, SIZE);
  return { person, embedding: embeddings[person]!.map((number, i) => number + noise[i]!) };
});

/** The plain way: a person and a template into the same tables by an INSERT each, numbers as text. Milliseconds a row. */
async function measureTextInserts(location: string): Promise<number> {
  const database = await openDatabase(location, 1);
  const rows = embeddings.slice(0, TEXT_ROWS);
  const start = performance.now();
  for (const [id, embedding] of rows.entries()) {
    const uuid = randomUUID();
    await database.query("insert into subjects (id, collection_id, name) values ($1, 1, $2)", [uuid, `text ${id}`]);
    await database.query(
      `insert into templates (id, collection_id, subject_id, embedding, model, revision)
       values ($1, 1, $1, $2::text::vector, $3, 0)`,
      [uuid, `[${embedding.join(",")}]`, MODEL],
    );
  }
  const time = (performance.now() - start) / rows.length;
  await database.query("delete from subjects");
  await database.close();
  return time;
}

/** p50 and p95 of the searches in milliseconds, and whom each found. */
async function measureSearches(collection: Collection) {
  const times: number[] = [];
  const found: (string | undefined)[] = [];
  for (const { embedding } of probes) {
    const start = performance.now();
    const [match] = await collection.search({ embedding, model: MODEL });
    times.push(performance.now() - start);
    found.push(match?.subject);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))]!.toFixed(1);
  return { found, text: `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms` };
}

async function measure(engine: string, location: string): Promise<void> {
  const gallery = await openGallery({ location });
  const collection = await gallery.createCollection({ name: "bench", model: MODEL, size: SIZE });
  await gallery.close();
  const textTime = await measureTextInserts(location);

  const opened = await openGallery({ location });
  const filled = await opened.collection(collection.name);
  const start = performance.now();
  await filled.enrollMany(embeddings.map((embedding, i) => ({ subject: `person ${i}`, embedding, model: MODEL })));
  const bulkTime = (performance.now() - start) / count;
  const ratio = (textTime / bulkTime).toFixed(0);
  console.log(
    `${engine}: text INSERT ${textTime.toFixed(3)} ms a row, bulk ${bulkTime.toFixed(3)} ms a row, ratio ${ratio}`,
  );
  const exact = await measureSearches(filled);
  console.log(`${engine}: ${count} templates, exact: ${exact.text}`);
  if (values.index) {
    const building = performance.now();
    await filled.updateIndex(0);
    const buildTime = ((performance.now() - building) / 1000).toFixed(1);
    const indexed = await measureSearches(await opened.collection(collection.name));
    const same = indexed.found.filter((subject, i) => subject === exact.found[i]).length;
    const recall = `recall@1 against exact ${same} of ${probeCount}`;
    console.log(`${engine}: ${count} templates, HNSW built in ${buildTime} s: ${indexed.text}, ${recall}`);
  }
  await opened.close();
}

const server = process.env.COSFACE_TEST_DATABASE_URL;
for (const engine of values.engines.split(",")) {
  if (engine === "pglite") {
    const folder = await mkdtemp(join(tmpdir(), "cosface-bench-"));
    await measure(engine, join(folder, "gallery")).finally(() => rm(folder, { recursive: true }));
  } else if (server !== undefined) {
    const { location, remove } = await createDatabase(server);
    await measure(engine, location).finally(remove);
  } else console.log(`${engine}: no COSFACE_TEST_DATABASE_URL, left out`);
}
