/**
 * Values that are nested thousands deep, at every door that takes JSON: refused, nothing stored, and nobody waits for
 * ever.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeFaces } from "../../../test/fake-faces.ts";
import { jsonDepth } from "../../base/core/index.ts";
import { openDatabase } from "../gallery/engines/open-database.ts";
import { type Collection, type Gallery, openGallery, restoreGallery } from "../gallery/index.ts";
import type { App } from "./app.ts";
import { buildServer } from "./build-server.ts";

const DEPTH = 3000;
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const objects = nested(DEPTH);
const arrays = `{"a":${"[".repeat(DEPTH)}1${"]".repeat(DEPTH)}}`;

let folder: string;
let gallery: Gallery;
let people: Collection;
let app: App;
let key: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-deep-"));
  gallery = await openGallery({ location: join(folder, "gallery") });
  ({ key } = await gallery.keys.create({ name: "test", scopes: ["admin"] }));
  people = await gallery.createCollection({ name: "people", model: "colors", size: 4 });
  await people.addSubject("Ann", { metadata: { floor: 3 } });
  app = await buildServer({ faces: fakeFaces(), gallery, thresholds: [{ far: 1e-4, threshold: 0.9 }] });
});
afterAll(async () => {
  await app.close();
  await gallery.close();
  await rm(folder, { recursive: true });
});

const headers = () => ({ "x-api-key": key, "content-type": "application/json" });
const subjects = "/v1/collections/people/subjects";

async function lines(source: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of source) all.push(line);
  return all;
}

describe.each([
  ["objects", objects],
  ["arrays", arrays],
])("deeply nested %s", (_, deep) => {
  it.each([
    ["POST", subjects, `{"name":"Bob","metadata":${deep}}`],
    ["PATCH", `${subjects}/Ann`, `{"metadata":${deep}}`],
    ["POST", "/v1/jobs/enroll", `{"collection":"people","quality":${deep}}`],
    ["POST", "/v1/collections", `{"name":${deep}}`],
    ["POST", "/v1/keys", `{"name":"x","scopes":${deep}}`],
    ["POST", "/v1/detect", `{"image":${deep}}`],
  ] as const)("are refused by %s %s, and nothing is stored", async (method, url, payload) => {
    const answer = await app.inject({ method, url, headers: headers(), payload });
    expect(answer.json()).toMatchObject({ status: 400, code: "COSFACE_OPTION", detail: /nested deeper than 34/ });
    const { body } = await app.inject({ url: subjects, headers: headers() });
    expect(JSON.parse(body).subjects).toMatchObject([{ name: "Ann", metadata: { floor: 3 } }]);
  });

  it("are refused by the library", async () => {
    const metadata = JSON.parse(deep) as Record<string, unknown>;
    await expect(people.addSubject("Bob", { metadata })).rejects.toMatchObject({ code: "COSFACE_OPTION" });
    await expect(people.changeSubject("Ann", { metadata })).rejects.toMatchObject({ code: "COSFACE_OPTION" });
  });

  it("are refused by import and restore", async () => {
    const exported = (await lines(people.export())).map((line) => line.replace('{"floor":3}', deep));
    expect(exported.join()).toContain(deep);
    await expect(gallery.import(exported, "copy")).rejects.toMatchObject({
      code: "COSFACE_GALLERY",
      message: expect.stringContaining("line 2: got JSON nested deeper"),
    });
    expect((await gallery.collections()).map(({ name }) => name)).toEqual(["people"]);
    const backup: string[] = [];
    await gallery.backUp(async (source) => {
      for await (const line of source) backup.push(line.replace(/\{"floor": ?3\}/, deep));
    });
    expect(backup.join()).toContain(deep);
    await expect(restoreGallery({ location: join(folder, "restored") }, backup)).rejects.toThrow(/nested deeper/);
  });
});

it("takes notes that are nested as deep as documented, and one less deep than refused", async () => {
  const patch = (depth: number) =>
    app.inject({
      method: "PATCH",
      url: `${subjects}/Ann`,
      headers: headers(),
      payload: `{"metadata":${nested(depth)}}`,
    });
  expect((await patch(32)).statusCode).toBe(200);
  expect((await patch(33)).statusCode).toBe(400);
  await people.changeSubject("Ann", { metadata: { floor: 3 } });
});

it("says within two seconds that it is not ready while the database is busy", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isHeld = false;
  const backup = gallery.backUp(async () => {
    isHeld = true;
    await held;
  });
  while (!isHeld) await sleep(10);
  const begin = performance.now();
  expect((await app.inject({ url: "/v1/ready" })).statusCode).toBe(503);
  expect(performance.now() - begin).toBeLessThan(2000);
  release();
  await backup;
  expect((await app.inject({ url: "/v1/ready" })).statusCode).toBe(200);
});

it("goes on when the database holds such notes, which an earlier version let in", async () => {
  await gallery.close();
  const location = join(folder, "gallery");
  const database = await openDatabase(location, 1);
  await database.query("update subjects set metadata = $1::jsonb", [objects]);
  await database.close();
  gallery = await openGallery({ location });
  const other = await buildServer({ faces: fakeFaces(), gallery });
  const answers = await Promise.all([1, 2, 3].map(() => other.inject({ url: subjects, headers: headers() })));
  for (const answer of answers) {
    expect(answer.statusCode).toBe(200);
    const [person] = answer.json().subjects;
    expect(person.name).toBe("Ann");
    expect(jsonDepth(JSON.stringify(person.metadata))).toBe(32);
    expect(JSON.stringify(person.metadata)).toContain("nested too deep: left out");
  }
  expect((await other.inject({ url: "/v1/ready" })).statusCode).toBe(200);
  // Exports can be imported, and backups restored, which refuse lines that are deeper.
  const stored = await gallery.collection("people");
  const written = await lines(stored.export());
  await gallery.backUp(async (source) => void written.push(...(await lines(source))));
  for (const line of written) expect(jsonDepth(line)).toBeLessThanOrEqual(34);
  expect(await stored.subject("Ann")).toMatchObject({ name: "Ann" });
  const mended = await other.inject({
    method: "PATCH",
    url: `${subjects}/Ann`,
    headers: headers(),
    payload: '{"metadata":{}}',
  });
  expect(mended.statusCode).toBe(200);
  expect((await other.inject({ url: subjects, headers: headers() })).statusCode).toBe(200);
  await other.close();
});
