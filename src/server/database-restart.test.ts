/** A PostgreSQL server that goes away under load and comes back: as its clients see a restart, through a gate of our own. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { expect, it } from "vitest";
import { facesPicture, fakeFaces } from "../../test/fake-faces.ts";
import { createDatabase } from "../../test/support/galleries.ts";
import { openGallery } from "../gallery/index.ts";
import { buildServer } from "./build-server.ts";

const server = process.env.COSFACE_TEST_DATABASE_URL;
if (server === undefined)
  console.warn("database restart: no COSFACE_TEST_DATABASE_URL, left out (.ci/postgres sets it)");

const CLIENTS = 8;
const BEFORE_MILLISECONDS = 700;
const AWAY_MILLISECONDS = 1000;
const AFTER_MILLISECONDS = 1500;

it.skipIf(server === undefined)("is 503 while it lasts, and loses nobody whose enrollment was answered", async () => {
  const { location, remove } = await createDatabase(server!);
  const gate = await openGate(new URL(location));
  const gallery = await openGallery({ location: gate.url });
  const { key } = await gallery.keys.create({ name: "test", scopes: ["admin"] });
  const limits = { requestsPerMinute: 1_000_000 };
  const app = await buildServer({ faces: fakeFaces(), gallery, limits, thresholds: [{ far: 1e-4, threshold: 0.9 }] });
  const picture = await facesPicture([250, 10, 10]);
  const people = "/v1/collections/people";
  const ask = (method: "GET" | "POST", url: string) =>
    app.inject({
      method,
      url,
      headers: { "x-api-key": key, ...(method === "POST" ? { "content-type": "image/png" } : {}) },
      ...(method === "POST" ? { payload: picture } : {}),
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
        for (const { statusCode } of [enrolled, identified]) {
          statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
        }
        if (identified.statusCode !== 200) await sleep(20);
      }
    }),
  );
  await sleep(BEFORE_MILLISECONDS);
  await gate.shut();
  await sleep(AWAY_MILLISECONDS);
  const countBefore = answered.length;
  await gate.open();
  await sleep(AFTER_MILLISECONDS);
  isOver = true;
  await load;

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
  await gate.shut();
  await remove();
});

/** A way to the server that can be shut: what goes through it breaks, the server ends its sessions, and nothing new comes in. */
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
