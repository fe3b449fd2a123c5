/**
 * The service under load: many clients identify the same face at once in a large gallery, alone and while others enroll
 * and delete. The clients are those of wrk (Debian's package `wrk`), a separate process on the same machine.
 *
 *   npx tsx bench/load.ts [--templates 20000] [--clients 200] [--seconds 60] [--max-pending 32]
 *       [--networks stand-in|default] [--json]
 *   .ci/postgres npx tsx bench/load.ts --engine postgres
 *
 * Stand-in networks pool pixels, so that the service and its gallery take nearly all the time; `default` uses the
 * networks from npm and a photograph of LFW from ../shared.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { random } from "../src/base/core/index.ts";
import { encodeImage } from "../src/base/image/index.ts";
import { describeMachine } from "../src/cli/machine.ts";
import { openEmbedder } from "../src/faces/embedder/index.ts";
import { openGallery } from "../src/service/gallery/index.ts";
import { settings } from "../src/service/settings/index.ts";
import { renderFace, syntheticIdentity } from "../src/training/synthetic/index.ts";
import { createDatabase, randomUnit } from "../test/support/galleries.ts";
import { writeNetworks } from "../test/support/networks.ts";
import { type ServiceProcess, startService } from "../test/support/service.ts";

const { values } = parseArgs({
  options: {
    templates: { type: "string", default: "20000" },
    clients: { type: "string", default: "200" },
    seconds: { type: "string", default: "60" },
    "max-pending": { type: "string", default: String(settings.maxPending.default) },
    networks: { type: "string", default: "stand-in" },
    engine: { type: "string", default: "pglite" },
    json: { type: "boolean", default: false },
    photos: { type: "string", default: "../shared/lfw/photos" },
  },
});
const seconds = Number(values.seconds);
const COLLECTION = "load";
/** Seconds of warm-up before memory is compared, and seconds to average at both ends. */
const WARM_UP = Math.min(20, seconds / 3);
const AT_ENDS = 5;
const SAMPLE_MILLISECONDS = 500;
/** Longer than any answer, since wrk counts slower ones as broken. */
const WRK_TIMEOUT = "60s";

/** Milliseconds from a request to its answer. */
type Times = { readonly p50: number; readonly p99: number; readonly longest: number };

/** Results of wrk: for answers with status 200, and for all answers. */
type Load = {
  readonly seconds: number;
  readonly identified: Times;
  readonly all: Times;
  readonly broken: number;
  readonly statuses: Readonly<Record<string, number>>;
};

/** The load, and the memory of the service after warm-up and at the end, in bytes. */
type Measured = Load & { readonly identifiedPerSecond: number; readonly warmBytes: number; readonly endBytes: number };

const folder = await mkdtemp(join(tmpdir(), "cosface-load-"));
const database = values.engine === "postgres" ? await createDatabase(requireServer()) : undefined;
let service: ServiceProcess | undefined;
try {
  const image = join(folder, "face.png");
  await writeFile(image, await readFace());
  const networks =
    values.networks === "default" ? { model: "default", detector: "default" } : await writeNetworks(folder);
  const location = database?.location ?? join(folder, "data", "gallery");
  const key = await fillGallery(location, networks.model);
  service = await startService(
    ...["--data", join(folder, "data"), "--model", networks.model, "--detector", networks.detector],
    ...(database === undefined ? [] : ["--database-url", database.location]),
    ...["--rate-limit", "1000000000", "--max-pending", values["max-pending"], "--log-level", "warn"],
  );
  const alone = await measure(service, key, image);
  const changes = changePeople(service, key, await readFile(image));
  const beside = { ...(await measure(service, key, image)), changes: await changes.end() };
  const [clients, templates, maxPending] = [values.clients, values.templates, values["max-pending"]].map(Number);
  const setting = { clients, seconds, templates, engine: values.engine, networks: values.networks, maxPending };
  if (values.json) console.log(JSON.stringify({ machine: describeMachine(), ...setting, alone, beside }, null, 2));
  else {
    console.log(`${describeMachine()}: ${JSON.stringify(setting)}`);
    console.log(`identify: ${describe(alone)}`);
    console.log(`identify while enrolling and deleting (${JSON.stringify(beside.changes)}): ${describe(beside)}`);
  }
} finally {
  await service?.end("SIGTERM");
  await database?.remove();
  await rm(folder, { recursive: true, force: true });
}

function requireServer(): string {
  const server = process.env.COSFACE_TEST_DATABASE_URL;
  if (server === undefined) throw new Error("--engine postgres: run it with .ci/postgres");
  return server;
}

async function readFace(): Promise<Uint8Array> {
  if (values.networks === "default") {
    const [photo] = (await readdir(values.photos, { recursive: true })).filter((name) => name.endsWith(".jpg")).sort();
    return readFile(join(values.photos, photo!));
  }
  const { image } = renderFace(syntheticIdentity(7, 1), { seed: 1, difficulty: 0.05 });
  return encodeImage(image, { format: "png" });
}

/** Enrolls people in random directions, and creates a key. */
async function fillGallery(location: string, model: string): Promise<string> {
  const embedder = await openEmbedder(model);
  const { id } = embedder;
  const size = embedder.contract.embeddingSize * (embedder.contract.flip === "concat" ? 2 : 1);
  await embedder.close();
  const gallery = await openGallery({ location });
  const collection = await gallery.createCollection({ name: COLLECTION, model: id, size });
  const source = random(1);
  const people = Array.from({ length: Number(values.templates) }, (_, i) => ({
    subject: `person ${i}`,
    embedding: randomUnit(source, size),
    model: id,
  }));
  await collection.enrollMany(people);
  const { key } = await gallery.keys.create({ name: "load", scopes: ["admin"] });
  await gallery.close();
  return key;
}

/** Runs wrk and samples the memory of the service. */
async function measure({ pid, url }: ServiceProcess, key: string, image: string): Promise<Measured> {
  const memory: { readonly second: number; readonly bytes: number }[] = [];
  const start = performance.now();
  let isOver = false;
  const watched = (async () => {
    for (; !isOver; await sleep(SAMPLE_MILLISECONDS)) {
      memory.push({ second: (performance.now() - start) / 1000, bytes: await residentBytes(pid) });
    }
  })();
  const load = await runWrk(url, key, image);
  isOver = true;
  await watched;
  const between = (from: number, to: number) => {
    const some = memory.filter(({ second }) => second >= from && second < to).map(({ bytes }) => bytes);
    return some.reduce((sum, bytes) => sum + bytes, 0) / some.length;
  };
  return {
    ...load,
    identifiedPerSecond: (load.statuses["200"] ?? 0) / load.seconds,
    warmBytes: between(WARM_UP, WARM_UP + AT_ENDS),
    endBytes: between(seconds - AT_ENDS, seconds),
  };
}

function describe({ all, broken, endBytes, identified, identifiedPerSecond, statuses, warmBytes }: Measured): string {
  const times = ({ longest, p50, p99 }: Times) => `p50 ${p50} ms, p99 ${p99} ms, longest ${longest} ms`;
  const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
  return (
    `${identifiedPerSecond.toFixed(1)} identified per second, ${times(identified)}; with refusals ${times(all)}; ` +
    `statuses ${JSON.stringify(statuses)}, broken ${broken}; ` +
    `memory after ${Math.round(WARM_UP)} s ${megabytes(warmBytes)}, at the end ${megabytes(endBytes)}`
  );
}

function runWrk(url: string, key: string, image: string): Promise<Load> {
  const script = join(import.meta.dirname, "load", "identify.lua");
  const child = spawn("wrk", [
    ...["-t", values.clients, "-c", values.clients, "-d", `${seconds}s`, "--timeout", WRK_TIMEOUT, "-s", script],
    ...[`${url}/v1/collections/${COLLECTION}/identify`, "--", image, key],
  ]);
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  child.stdout.resume();
  return new Promise((resolve, reject) => {
    child.on("error", (cause) => reject(new Error("cannot run wrk: apt-get install wrk", { cause })));
    child.on("close", () => {
      try {
        resolve(JSON.parse(text) as Load);
      } catch (cause) {
        reject(new Error(`wrk: ${text}`, { cause }));
      }
    });
  });
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]);
}

/** Enrolls and deletes one person after another, and counts the answers by status. */
function changePeople({ url }: ServiceProcess, key: string, image: Buffer) {
  const statuses: Record<string, number> = {};
  let isOver = false;
  const ended = (async () => {
    for (let i = 0; !isOver; i++) {
      const subject = `${url}/v1/collections/${COLLECTION}/subjects/guest%20${i}`;
      const headers = { "x-api-key": key };
      const enrolled = await fetch(`${subject}/templates?quality=any`, {
        method: "POST",
        headers: { ...headers, "content-type": "image/png" },
        body: new Uint8Array(image),
      });
      await enrolled.arrayBuffer();
      const deleted = enrolled.status === 201 ? [await fetch(subject, { method: "DELETE", headers })] : [];
      for (const answer of deleted) await answer.arrayBuffer();
      for (const { status } of [enrolled, ...deleted]) statuses[status] = (statuses[status] ?? 0) + 1;
    }
  })();
  return {
    async end() {
      isOver = true;
      await ended;
      return statuses;
    },
  };
}
