/** What only a gallery in a folder can suffer: a second process, and being killed. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UnavailableError } from "../../core/index.ts";
import { openGallery } from "../index.ts";
import { lockFolder } from "./folder-lock.ts";

const script = join(import.meta.dirname, "..", "..", "..", "test", "support", "enroll-forever.ts");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-pglite-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("leaves a turn to the event loop between queries that wait for each other", async () => {
  const gallery = await openGallery();
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(Array.from({ length: 50 }, () => gallery.ping()));
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(45);
  await gallery.close();
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
