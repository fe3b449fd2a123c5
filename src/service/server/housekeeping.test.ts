import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { UnavailableError } from "../../base/core/index.ts";
import { type Gallery, openGallery } from "../gallery/index.ts";
import { type App, createApp } from "./app.ts";
import { keepHouse } from "./housekeeping.ts";

const MODEL = "model";
const MINUTE = 60_000;

let gallery: Gallery;
let log: App["log"];
/** What was logged, as text. */
let lines: string[];

beforeEach(async () => {
  gallery = await openGallery();
  lines = [];
  const write = (line: string) => void lines.push(line);
  log = createApp({
    bodyLimit: 1,
    requestTimeout: 1000,
    onRefused() {},
    logger: { level: "info", stream: { write } },
  }).log;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await gallery.close();
});

async function addGuest(name: string, expiresAt: Date) {
  const guests = await gallery
    .collection("guests")
    .catch(() => gallery.createCollection({ name: "guests", model: MODEL, size: 2 }));
  await guests.enroll({ subject: name, embedding: new Float32Array([1, 0]), model: MODEL });
  await guests.changeSubject(name, { expiresAt });
  return guests;
}
const names = async () => (await (await gallery.collection("guests")).subjects()).map(({ name }) => name);
const past = () => new Date(Date.now() - 1000);

it("deletes people whose time has come at the start and by the timer, with receipts in trail and log, without names", async () => {
  await addGuest("Ann", past());
  await addGuest("Bob", new Date(Date.now() + 60 * MINUTE));
  const house = keepHouse(gallery, { expireMinutes: 10, auditDays: 0 }, log);
  await vi.waitFor(async () => expect(await names()).toEqual(["Bob"]));
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  await addGuest("Eve", past());
  await vi.advanceTimersByTimeAsync(9 * MINUTE);
  expect(await names()).toEqual(["Bob", "Eve"]);
  await vi.advanceTimersByTimeAsync(MINUTE);
  await vi.waitFor(async () => expect(await names()).toEqual(["Bob"]));
  await vi.waitFor(() => expect(lines).toHaveLength(2));
  house.stop();

  const deleted = (await gallery.audit()).filter(({ action }) => action === "delete-subject").reverse();
  const receipts = lines.map((line) => JSON.parse(line).receipt as Record<string, unknown>);
  expect(deleted.map(({ subjectId }) => subjectId)).toEqual(receipts.map(({ subjectId }) => subjectId));
  expect(deleted.map(({ digest }) => digest)).toEqual(receipts.map(({ digest }) => digest));
  expect(lines.join()).not.toMatch(/Ann|Eve/);
});

it("keeps entries of the audit trail as long as it is told to", async () => {
  await addGuest("Ann", past());
  const count = (await gallery.audit()).length;
  const pruned = vi.spyOn(gallery, "pruneAudit");
  const house = keepHouse(gallery, { expireMinutes: 0, auditDays: 30 }, log);
  await vi.waitFor(() => expect(pruned).toHaveBeenCalled());
  house.stop();
  expect(Date.now() - pruned.mock.calls[0]![0].getTime()).toBeCloseTo(30 * 24 * 60 * MINUTE, -4);
  expect(await gallery.audit()).toHaveLength(count);
  expect(await names()).toEqual(["Ann"]);
});

it("logs a failure, and tries again", async () => {
  await addGuest("Ann", past());
  const failed = vi.spyOn(gallery, "deleteExpired").mockRejectedValueOnce(new UnavailableError("gallery: away"));
  const house = keepHouse(gallery, { expireMinutes: 1, auditDays: 0 }, log);
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  expect(JSON.parse(lines[0]!)).toMatchObject({ msg: "housekeeping", code: "COSFACE_UNAVAILABLE" });
  await vi.advanceTimersByTimeAsync(MINUTE);
  await vi.waitFor(async () => expect(await names()).toEqual([]));
  house.stop();
  expect(failed).toHaveBeenCalledTimes(2);
});

it("does nothing when it is told to, and no more once it has left", async () => {
  await addGuest("Ann", past());
  const deleted = vi.spyOn(gallery, "deleteExpired");
  keepHouse(gallery, { expireMinutes: 0, auditDays: 0 }, log);
  expect(deleted).not.toHaveBeenCalled();
  keepHouse(gallery, { expireMinutes: 1, auditDays: 0 }, log).stop();
  await vi.waitFor(async () => expect(await names()).toEqual([]));
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0));
});
