/**
 * The gallery's times on PGlite, and on PostgreSQL when COSFACE_TEST_DATABASE_URL names a server: enrollment a row, one text
 * INSERT each beside bulk; searches, comparing with all beside following the index; recall of the index.
 *
 *   .ci/postgres npx tsx bench/gallery.ts [--templates 10000] [--engines pglite,postgres] [--no-enrollment] [--no-search]
 *       [--index] [--candidates 100,200] [--dimensions 512]
 *
 * People are random directions of a subspace of `--dimensions`, probes are theirs with noise in all 512, such that the cosine
 * with the right one is about 0.7. Embeddings of faces have an intrinsic dimension of some tens (Gong et al., CVPR 2019,
 * found 16 for SphereFace's 512 numbers), and how well a graph leads to the nearest one depends on little else.
 * `--candidates` are values of pgvector's `hnsw.ef_search`, on a server.
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
    enrollment: { type: "boolean", default: true },
    search: { type: "boolean", default: true },
    index: { type: "boolean", default: false },
    candidates: { type: "string" },
    dimensions: { type: "string", default: "512" },
  },
  allowNegative: true,
});
const [count, probeCount] = [Number(values.templates), Number(values.probes)];
const SIZE = 512;
const MODEL = "random";
const NAME = "bench";
const TEXT_ROWS = 200;

const source = random(1);
const dimensions = Number(values.dimensions);
const axes = Array.from({ length: dimensions }, () => randomUnit(source, SIZE));
const embeddings = Array.from({ length: count }, () => {
  if (dimensions === SIZE) return randomUnit(source, SIZE);
  const sum = new Float32Array(SIZE);
  for (const axis of axes) {
    const weight = source.normal();
    for (let i = 0; i < SIZE; i++) sum[i]! += weight * axis[i]!;
  }
  const length = Math.sqrt(sum.reduce((total, number) => total + number * number, 0));
  return sum.map((number) => number / length);
});
const probes = Array.from({ length: probeCount }, () => {
  const person = source.integer(count);
  const noise = randomUnit(source, SIZE);
  return { person, embedding: embeddings[person]!.map((number, i) => number + noise[i]!) };
});

/** Milliseconds that a person and a template take by an INSERT each, numbers as text, each its own transaction. */
async function measureTextInserts(location: string): Promise<{ person: number; template: number }> {
  const database = await openDatabase(location, 1);
  const rows = embeddings
    .slice(0, TEXT_ROWS)
    .map((embedding) => ({ id: randomUUID(), text: `[${embedding.join(",")}]` }));
  const average = async (run: (row: (typeof rows)[number]) => Promise<unknown>) => {
    const start = performance.now();
    for (const row of rows) await run(row);
    return (performance.now() - start) / rows.length;
  };
  const person = await average(({ id }) =>
    database.query("insert into subjects (id, collection_id, name) values ($1::uuid, 1, $1::text)", [id]),
  );
  const template = await average(({ id, text }) =>
    database.query(
      `insert into templates (id, collection_id, subject_id, embedding, model, revision)
       values ($1, 1, $1, $2::text::vector, $3, 0)`,
      [id, text, MODEL],
    ),
  );
  await database.close();
  return { person, template };
}

/** Bulk enrollment beside it: of people who are new, with a template each, and of another template of each. */
async function measureEnrollment(engine: string, location: string): Promise<void> {
  const text = await measureTextInserts(await prepare(location));
  const gallery = await openGallery({ location });
  const collection = await gallery.collection(NAME);
  const enroll = async () => {
    const start = performance.now();
    await collection.enrollMany(
      embeddings.map((embedding, i) => ({ subject: `person ${i}`, embedding, model: MODEL })),
    );
    return (performance.now() - start) / count;
  };
  const lines = [
    ["people with a template", text.person + text.template, await enroll()],
    ["templates of known people", text.template, await enroll()],
  ] as const;
  await gallery.close();
  for (const [what, plain, bulk] of lines) {
    const times = `text INSERT ${plain.toFixed(3)} ms a row, bulk ${bulk.toFixed(3)} ms a row`;
    console.log(`${engine}: ${what}: ${times}, ratio ${(plain / bulk).toFixed(0)}`);
  }
}

/** Makes the collection, and gives the location. */
async function prepare(location: string): Promise<string> {
  const gallery = await openGallery({ location });
  await gallery.createCollection({ name: NAME, model: MODEL, size: SIZE });
  await gallery.close();
  return location;
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

async function measureSearch(engine: string, location: string): Promise<void> {
  const gallery = await openGallery({ location: await prepare(location) });
  const filled = await gallery.collection(NAME);
  await filled.enrollMany(embeddings.map((embedding, i) => ({ subject: `person ${i}`, embedding, model: MODEL })));
  const exact = await measureSearches(filled);
  console.log(`${engine}: ${count} templates, exact: ${exact.text}`);
  if (values.index) {
    const start = performance.now();
    await filled.updateIndex(0);
    const buildTime = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${engine}: ${count} templates, HNSW built in ${buildTime} s`);
    for (const candidates of values.candidates?.split(",") ?? [undefined]) {
      const opened =
        candidates === undefined ? gallery : await openGallery({ location: withCandidates(location, candidates) });
      const indexed = await measureSearches(await opened.collection(NAME));
      if (opened !== gallery) await opened.close();
      const same = indexed.found.filter((subject, i) => subject === exact.found[i]).length;
      const recall = `recall@1 against exact ${same} of ${probeCount}`;
      console.log(`${engine}: ${candidates ?? "default"} candidates: ${indexed.text}, ${recall}`);
    }
  }
  await gallery.close();
}

/** A server's address by which searches look at so many candidates. */
function withCandidates(location: string, candidates: string): string {
  const url = new URL(location);
  url.searchParams.set("options", `-c hnsw.ef_search=${candidates} -c hnsw.iterative_scan=strict_order -c jit=off`);
  return url.href;
}

const server = process.env.COSFACE_TEST_DATABASE_URL;
const measurements = [...(values.enrollment ? [measureEnrollment] : []), ...(values.search ? [measureSearch] : [])];
for (const engine of values.engines.split(",")) {
  for (const measure of measurements) {
    if (engine === "pglite") {
      const folder = await mkdtemp(join(tmpdir(), "cosface-bench-"));
      await measure(engine, join(folder, "gallery")).finally(() => rm(folder, { recursive: true }));
    } else if (server !== undefined) {
      const { location, remove } = await createDatabase(server);
      await measure(engine, location).finally(remove);
    } else console.log(`${engine}: no COSFACE_TEST_DATABASE_URL, left out`);
  }
}
