/**
 * Times of the gallery on PGlite, and on PostgreSQL when COSFACE_TEST_DATABASE_URL names a server: enrollment per row,
 * by text INSERT and in bulk; searches, exact and by the index; recall of the index.
 *
 *   .ci/postgres npx tsx bench/gallery.ts [--templates 10000] [--engines pglite,postgres]
 *       [--people default|mobilefacenet|isotropic] [--size 128] [--no-enrollment] [--rounds 3] [--no-search]
 *       [--probes 200] [--index] [--candidates 100,200]
 *
 * `--people` selects the distribution of the embeddings (bench/gallery/face-distribution.ts); probes are new views of
 * enrolled people. `--candidates` are values of pgvector's `hnsw.ef_search` on a server; default: that of the service.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { random } from "../src/base/core/index.ts";
import { type Collection, openGallery } from "../src/service/gallery/index.ts";
import { createDatabase } from "../test/support/galleries.ts";
import { measureEnrollment } from "./gallery/enrollment.ts";
import { people as distributions } from "./gallery/face-distribution.ts";

const { values } = parseArgs({
  options: {
    templates: { type: "string", default: "10000" },
    engines: { type: "string", default: "pglite,postgres" },
    people: { type: "string", default: "default" },
    size: { type: "string", default: "128" },
    enrollment: { type: "boolean", default: true },
    rounds: { type: "string", default: "3" },
    search: { type: "boolean", default: true },
    probes: { type: "string", default: "200" },
    index: { type: "boolean", default: false },
    candidates: { type: "string" },
  },
  allowNegative: true,
});
const [count, size, probeCount] = [Number(values.templates), Number(values.size), Number(values.probes)];
const MODEL = "random";
const NAME = "bench";

const source = random(1);
const makePerson = distributions[values.people];
if (makePerson === undefined) throw new Error(`--people: expected one of ${Object.keys(distributions).join(", ")}`);
const people = Array.from({ length: count }, () => makePerson(source, size));
const embeddings = people.map((person) => person(source));
const probes = Array.from({ length: probeCount }, () => {
  const person = source.integer(count);
  return { subject: `person ${person}`, embedding: people[person]!(source) };
});

/** Creates the collection, and returns the location. */
async function prepare(location: string): Promise<string> {
  const gallery = await openGallery({ location });
  await gallery.createCollection({ name: NAME, model: MODEL, size });
  await gallery.close();
  return location;
}

/** Times of the searches, the delay of the event loop, and the person that each search found. */
async function measureSearches(collection: Collection) {
  const times: number[] = [];
  const found: (string | undefined)[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (const { embedding } of probes) {
    const start = performance.now();
    const [match] = await collection.search({ embedding, model: MODEL });
    times.push(performance.now() - start);
    found.push(match?.subject);
  }
  delay.disable();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))]!.toFixed(1);
  const wait = (delay.percentile(99) / 1e6).toFixed(1);
  return { found, text: `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, event loop's p99 ${wait} ms` };
}

async function measureSearch(engine: string, location: string): Promise<void> {
  const gallery = await openGallery({ location: await prepare(location) });
  const filled = await gallery.collection(NAME);
  await filled.enrollMany(embeddings.map((embedding, i) => ({ subject: `person ${i}`, embedding, model: MODEL })));
  const exact = await measureSearches(filled);
  const right = exact.found.filter((subject, i) => subject === probes[i]!.subject).length;
  const of = `${count} templates (${values.people}, ${size}-d)`;
  console.log(`${engine}: ${of}, exact: ${exact.text}, the right one first ${right} of ${probeCount}`);
  if (values.index) {
    const start = performance.now();
    await filled.updateIndex(0);
    const buildTime = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${engine}: ${of}, HNSW built in ${buildTime} s`);
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

/** The address of a server with this number of candidates per search. */
function withCandidates(location: string, candidates: string): string {
  const url = new URL(location);
  url.searchParams.set("options", `-c hnsw.ef_search=${candidates}`);
  return url.href;
}

async function measureRows(engine: string, location: string): Promise<void> {
  const lines = await measureEnrollment(await prepare(location), NAME, embeddings, Number(values.rounds));
  for (const line of lines) console.log(`${engine}: ${line}`);
}

const server = process.env.COSFACE_TEST_DATABASE_URL;
const measurements = [...(values.enrollment ? [measureRows] : []), ...(values.search ? [measureSearch] : [])];
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
