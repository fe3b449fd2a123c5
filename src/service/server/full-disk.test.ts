/**
 * A disk that becomes full while people are enrolled: answers that say so, nobody half enrolled, and on again
 * afterwards.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, statfs, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { facesImage, fakeFaces } from "../../../test/fake-faces.ts";
import { openGallery } from "../gallery/index.ts";
import { buildServer } from "./build-server.ts";

const DISK = "128m";
/** What is left of the disk when enrollment begins, and what each person takes of it. */
const ROOM = 2 * 2 ** 20;
const IMAGE_BYTES = 2 ** 17;
const MOST_PEOPLE = 60;

const people = "/v1/collections/people";
let folder: string;
let isMounted = false;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-full-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK}`, "cosface-test", folder], { stdio: "ignore" });
    isMounted = true;
  } catch {
    console.warn("full disk: no small disk can be mounted here (that takes root): left out");
  }
});
afterAll(async () => {
  if (isMounted) execFileSync("umount", [folder]);
  await rm(folder, { recursive: true, force: true });
});

it("is answered with 503 while it lasts, and loses nobody", async ({ skip }) => {
  skip(!isMounted, "no small disk can be mounted");
  const location = join(folder, "gallery");
  let gallery = await openGallery({ location });
  const { key } = await gallery.keys.create({ name: "test", scopes: ["admin"] });
  const headers = { "x-api-key": key };
  let app = await buildServer({ faces: fakeFaces(), gallery });
  const small = await facesImage([250, 10, 10]);
  /** Bytes after an image's end are ignored by decoders, and kept in the thumbnail that these networks return. */
  const enroll = async (person: string) => {
    const payload = Buffer.concat([small, randomBytes(IMAGE_BYTES)]);
    const url = `${people}/subjects/${person}/templates?thumbnail=true`;
    return app.inject({ method: "POST", url, payload, headers: { ...headers, "content-type": "image/png" } });
  };
  expect((await enroll("before")).statusCode).toBe(201);

  const filler = join(folder, "filler");
  const { bavail, bsize } = await statfs(folder);
  await writeFile(filler, Buffer.alloc(bavail * bsize - ROOM, 1));
  const enrolled = ["before"];
  const refused: string[] = [];
  for (let i = 0; i < MOST_PEOPLE && refused.length < 3; i++) {
    const answer = await enroll(`person${i}`);
    if (answer.statusCode === 201) enrolled.push(`person${i}`);
    else {
      refused.push(`person${i}`);
      expect(answer.json()).toMatchObject({ status: 503, detail: expect.stringContaining("no room on its disk") });
      expect(answer.headers["retry-after"]).toBe("1");
    }
  }
  expect(refused).toHaveLength(3);
  expect((await app.inject({ url: "/v1/ready", headers })).statusCode).toBe(200);

  await truncate(filler, 0);
  expect((await enroll("after")).statusCode).toBe(201);
  await app.close();
  await gallery.close();

  gallery = await openGallery({ location });
  app = await buildServer({ faces: fakeFaces(), gallery });
  const subjects = (await app.inject({ url: `${people}/subjects?limit=1000`, headers })).json().subjects;
  const counts = Object.fromEntries(
    subjects.map(({ name, templateCount }: { name: string; templateCount: number }) => [name, templateCount]),
  );
  expect(counts).toEqual(Object.fromEntries([...enrolled, "after"].map((name) => [name, 1])));
  await app.close();
  await gallery.close();
});
