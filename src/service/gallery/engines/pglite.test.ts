/** What only a gallery in a folder can suffer: a second process, and being killed. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UnavailableError } from "../../../base/core/index.ts";
import { openGallery } from "../index.ts";
import { encodeInteger } from "./binary-format.ts";
import type { Connection } from "./database.ts";
import { lockFolder } from "./folder-lock.ts";
import { openDatabase } from "./open-database.ts";

const script = join(import.meta.dirname, "..", "..", "..", "..", "test", "support", "enroll-forever.ts");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-pglite-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("leaves the event loop to others while a statement runs", async () => {
  const database = await openDatabase(undefined, 1);
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const start = performance.now();
  await database.query("select count(*) from generate_series(1, 500000)");
  isOver = true;
  expect(performance.now() - start).toBeGreaterThan(20);
  expect(turns).toBeGreaterThan(100);
  await database.close();
});

it("has transactions wait for each other, undoes what throws, and ends what is asked of it when closed", async () => {
  const database = await openDatabase(undefined, 1);
  await database.script("create table numbers (number integer)");
  const insert = (connection: Connection, number: number) =>
    connection.query("insert into numbers values ($1)", [number]);
  const outcomes = await Promise.allSettled([
    database.transaction(async (connection) => {
      await insert(connection, 1);
      await sleep(20);
      throw new Error("mine");
    }),
    insert(database, 2),
    database.transaction((connection) => insert(connection, 3)),
    database.transaction((connection) => connection.query("select 1 / 0")),
    database.copy("numbers (number)", [[encodeInteger(4)], [encodeInteger(5)]]),
    database.copy("numbers (number)", [[encodeInteger(6), null]]),
  ]);
  expect(outcomes).toMatchObject([
    { status: "rejected", reason: { message: "mine" } },
    { status: "fulfilled" },
    { status: "fulfilled" },
    { status: "rejected", reason: { code: "22012" } },
    { status: "fulfilled" },
    { status: "rejected", reason: { code: "22P04" } },
  ]);
  const rows = database.query<{ number: number }>("select number from numbers order by number");
  const closed = database.close();
  expect((await rows).map(({ number }) => number)).toEqual([2, 3, 4, 5]);
  await closed;
  await expect(database.query("select 1")).rejects.toThrow(UnavailableError);
});

describe("a gallery in a folder", () => {
  it("is refused to a second process, and survives the first one being killed", { timeout: 240_000 }, async () => {
    const location = join(folder, "gallery");
    const made = await openGallery({ location });
    await made.createCollection({ name: "people", model: "test-model", size: 64 });
    await made.close();

    const child = spawn(process.execPath, ["--import", "tsx", script, location], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
    let written = -1;
    for await (const line of createInterface({ input: child.stdout })) {
      written = Number(line);
      if (written === 0) await expect(openGallery({ location })).rejects.toThrow(UnavailableError);
      if (written === 5) child.kill("SIGKILL");
    }
    expect(await ended).toBe("SIGKILL");

    const gallery = await openGallery({ location });
    const [info] = await gallery.collections();
    const collection = await gallery.collection("people");
    const subjects = await collection.subjects({ limit: 1000 });
    // All that was told, and of the batch that was being written everything or nothing.
    expect(info!.templateCount % 20).toBe(0);
    expect(info!.templateCount).toBeGreaterThanOrEqual(20 * (written + 1));
    expect(subjects.map(({ templateCount }) => templateCount)).toEqual(Array(info!.templateCount / 4).fill(4));
    for (const { name } of subjects) {
      expect((await collection.templates(name)).every(({ hasThumbnail }) => hasThumbnail)).toBe(true);
    }
    expect((await gallery.audit({ limit: 1 }))[0]).toMatchObject({ action: "enroll", count: 20 });
    await gallery.close();
  });
});

describe("the lock of a folder", () => {
  it("is held by one, and free when released", async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(/process \d+ has this folder open/);
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  it("is taken over from a process that is gone, or whose id another has", async () => {
    const file = join(folder, "cosface.lock");
    for (const stale of ["4194303 17", `${process.pid} 1`, "nonsense"]) {
      await writeFile(file, stale);
      const lock = await lockFolder(folder);
      expect(await readFile(file, "utf8")).not.toBe(stale);
      await lock.release();
    }
  });
});
