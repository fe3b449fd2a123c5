/**
 * A PostgreSQL server that goes away under load and comes back: restarted in earnest where nobody else uses it, and
 * everywhere as its clients see it, through a gate of our own.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { expect, it } from "vitest";
import { facesImage, fakeFaces } from "../../../test/fake-faces.ts";
import { createDatabase } from "../../../test/support/galleries.ts";
import { UnavailableError } from "../../base/core/index.ts";
import { type Collection, type NewTemplate, openGallery } from "../gallery/index.ts";
import { buildServer } from "./build-server.ts";

const server = process.env.COSFACE_TEST_DATABASE_URL;
if (server === undefined)
  console.warn("database restart: no COSFACE_TEST_DATABASE_URL, left out (.ci/postgres sets it)");
const restart = process.env.COSFACE_TEST_DATABASE_RESTART;

const CLIENTS = 8;
const BEFORE_MILLISECONDS = 700;
const AWAY_MILLISECONDS = 1000;
const AFTER_MILLISECONDS = 1500;
const BATCH = 50;

/** A way to the server, and what becomes of it. */
type Outage = { readonly url: string; interrupt(): Promise<void>; close(): Promise<void> };

const outages: Readonly<Record<string, (location: URL) => Promise<Outage>>> = {
  "is cut off": cutOff,
  ...(restart !== undefined && {
    "is restarted, its sessions ended": restarted(restart, "fast"),
    "is killed and recovers": restarted(restart, "immediate"),
  }),
};

it.skipIf(server === undefined).each(Object.entries(outages))(
  "a server that %s: 503 while it lasts, and nobody lost whose enrollment was answered",
  { timeout: 60_000 },
  async (_, prepare) => {
    const { location, remove } = await createDatabase(server!);
    const outage = await prepare(new URL(location));
    const gallery = await openGallery({ location: outage.url });
    const { key } = await gallery.keys.create({ name: "test", scopes: ["admin"] });
    const limits = { requestsPerMinute: 1_000_000 };
    const app = await buildServer({ faces: fakeFaces(), gallery, limits, thresholds: [{ far: 1e-4, threshold: 0.9 }] });
    const image = await facesImage([250, 10, 10]);
    const people = "/v1/collections/people";
    const ask = (method: "GET" | "POST", url: string) =>
      app.inject({
        method,
        url,
        headers: { "x-api-key": key, ...(method === "POST" ? { "content-type": "image/png" } : {}) },
        ...(method === "POST" ? { payload: image } : {}),
      });
    expect((await ask("POST", `${people}/subjects/first/templates`)).statusCode).toBe(201);

    const statuses = new Map<number, number>();
    const answered = ["first"];
    let isOver = false;
    const load = Promise.all(
      Array.from({ length: CLIENTS }, async (_, client) => {
        for (let i = 0; !isOver; i++) {
          const name = `person ${client} ${i}`;
          const enrolled = await ask("POST", `${people}/subjects/${encodeURIComponent(name)}/templates`);
          if (enrolled.statusCode === 201) answered.push(name);
          const identified = await ask("POST", `${people}/identify`);
          for (const { headers, statusCode } of [enrolled, identified]) {
            statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
            if (statusCode === 503) expect(headers["retry-after"]).toBeDefined();
          }
          if (identified.statusCode !== 200) await sleep(20);
        }
      }),
    );
    const bulk = enrollAgainAndAgain(await gallery.collection("people"), () => isOver);
    await sleep(BEFORE_MILLISECONDS);
    await outage.interrupt();
    const countBefore = answered.length;
    await sleep(AFTER_MILLISECONDS);
    isOver = true;
    await load;
    answered.push(...(await bulk));

    expect([...statuses.keys()].sort()).toEqual([200, 201, 503]);
    expect(answered.length).toBeGreaterThan(countBefore);
    expect((await ask("GET", "/v1/ready")).statusCode).toBe(200);
    const collection = await gallery.collection("people");
    const counts = new Map<string, number>();
    for (let after = ""; ; ) {
      const page = await collection.subjects({ limit: 500, ...(after === "" ? {} : { after }) });
      for (const { name, templateCount } of page) counts.set(name, templateCount);
      if (page.length < 500) break;
      after = page.at(-1)!.name;
    }
    for (const name of answered) expect(counts.get(name)).toBe(1);
    expect([...counts.values()].every((count) => count === 1)).toBe(true);
    await app.close();
    await gallery.close();
    await outage.close();
    await remove();
  },
);

/**
 * Bulk enrollment that is started again when it fails, as a person would; names of those whose batch was told to be
 * written.
 */
async function enrollAgainAndAgain(collection: Collection, isOver: () => boolean): Promise<string[]> {
  let writtenCount = 0;
  async function* templates(): AsyncGenerator<NewTemplate> {
    for (let i = 0; !isOver(); i++) {
      yield {
        subject: `bulk ${i}`,
        embedding: new Float32Array(collection.size).fill(1),
        model: collection.model,
        sourceDigest: createHash("sha256").update(`${i}`).digest("hex"),
      };
      if (i >= writtenCount) await sleep(1);
    }
  }
  while (!isOver()) {
    try {
      await collection.enrollMany(templates(), {
        batchSize: BATCH,
        onProgress: ({ enrolledCount, skippedCount }) => {
          writtenCount = Math.max(writtenCount, enrolledCount + skippedCount);
        },
      });
    } catch (error) {
      expect(error).toBeInstanceOf(UnavailableError);
      await sleep(20);
    }
  }
  return Array.from({ length: writtenCount }, (_, i) => `bulk ${i}`);
}

/** The server itself, which `program` restarts in a mode of pg_ctl. */
function restarted(program: string, mode: "fast" | "immediate") {
  return async (location: URL): Promise<Outage> => ({
    url: location.href,
    async interrupt() {
      await promisify(execFile)(program, [mode]);
    },
    close: async () => undefined,
  });
}

/** Away for a second. */
async function cutOff(location: URL): Promise<Outage> {
  const gate = await openGate(location);
  return {
    url: gate.url,
    async interrupt() {
      await gate.shut();
      await sleep(AWAY_MILLISECONDS);
      await gate.open();
    },
    close: () => gate.shut(),
  };
}

/**
 * A way to the server that can be shut: what goes through it breaks, the server ends its sessions, and nothing new
 * comes in.
 */
async function openGate(location: URL) {
  const sockets = new Set<Socket>();
  const listener: Server = createServer((client) => {
    const upstream = connect(Number(location.port), location.hostname);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one
        .on("error", () => {})
        .on("close", () => {
          sockets.delete(one);
          other.destroy();
        });
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as { readonly port: number };
  const url = new URL(location);
  url.port = String(port);
  return {
    url: url.href,
    async shut() {
      const closed = new Promise((resolve) => listener.close(resolve));
      const admin = new pg.Client({ connectionString: location.href });
      await admin.connect();
      await admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      );
      await admin.end();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    open: () => new Promise<void>((resolve) => listener.listen(port, "127.0.0.1", resolve)),
  };
}
