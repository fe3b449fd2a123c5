import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { facesImage, fakeFaces } from "../../../test/fake-faces.ts";
import { type Gallery, openGallery } from "../gallery/index.ts";
import type { App } from "./app.ts";
import { buildServer } from "./build-server.ts";

const RED = [250, 10, 10] as const;
const REDDISH = [240, 20, 15] as const;
const BLUE = [10, 10, 250] as const;
const BLACK = [0, 0, 0] as const;

let app: App;
let gallery: Gallery;
const keys: Record<string, string> = {};

beforeAll(async () => {
  gallery = await openGallery();
  for (const scope of ["read", "enroll", "admin"] as const) {
    keys[scope] = (await gallery.keys.create({ name: scope, scopes: [scope] })).key;
  }
  keys.expired = (await gallery.keys.create({ name: "old", scopes: ["admin"], expiresAt: new Date(0) })).key;
  app = await buildServer({ faces: fakeFaces(), gallery, thresholds: [{ far: 1e-4, threshold: 0.9 }] });
});
afterAll(async () => {
  await app.close();
  await gallery.close();
});

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Status and JSON of an answer. */
async function ask(method: Method, url: string, payload?: string | object | Buffer, key = keys.admin!) {
  const type = Buffer.isBuffer(payload) ? { "content-type": "image/png" } : {};
  const answer = await app.inject({
    method,
    url,
    headers: { "x-api-key": key, ...type },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.body === "" ? undefined : answer.json(), headers: answer.headers };
}

describe("people", () => {
  it("are enrolled from an image, found on another, unknown on an impostor's, and deleted with a receipt", async () => {
    const enrolled = await ask("POST", "/v1/collections/staff/subjects/Ann%20%2F%20B/templates", await facesImage(RED));
    expect(enrolled).toMatchObject({ status: 201, body: { subject: "Ann / B", isNew: true } });
    const again = await ask("POST", "/v1/collections/staff/subjects/Ann%20%2F%20B/templates", await facesImage(RED));
    expect(again.body).toMatchObject({ id: enrolled.body.id, isNew: false });

    const image = await facesImage(REDDISH, BLACK, BLUE);
    const { status, body } = await ask("POST", "/v1/collections/staff/identify", image, keys.read);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      width: 24,
      height: 8,
      faces: [
        { box: { x: 0, y: 0, width: 8, height: 8 }, threshold: 0.9, far: 1e-4, unknown: false },
        { box: { x: 16, y: 0, width: 8, height: 8 }, threshold: 0.9, far: 1e-4, unknown: true },
      ],
    });
    expect(body.faces[0].matches[0]).toMatchObject({ subject: "Ann / B", subjectId: enrolled.body.subjectId });
    expect(body.faces[0].matches[0].score).toBeGreaterThan(0.99);
    expect(body.faces[1].matches[0].score).toBeLessThan(0.9);

    expect((await ask("GET", "/v1/collections/staff/subjects")).body).toMatchObject({
      subjects: [{ name: "Ann / B", templateCount: 1 }],
      next: null,
    });
    const receipt = await ask("DELETE", "/v1/collections/staff/subjects/Ann%20%2F%20B");
    expect(receipt).toMatchObject({ status: 200, body: { templateIds: [enrolled.body.id] } });
    const after = await ask("POST", "/v1/collections/staff/identify", image);
    expect(after.body.faces[0]).toMatchObject({ matches: [], unknown: true });
  });

  it("are enrolled from images of one face alone", async () => {
    const url = "/v1/collections/staff/subjects/Eve/templates";
    const code = "COSFACE_FACE";
    expect(await ask("POST", url, await facesImage(RED, BLUE))).toMatchObject({ status: 422, body: { code } });
    expect(await ask("POST", url, await facesImage(BLACK))).toMatchObject({ status: 422, body: { code } });
    expect((await ask("GET", "/v1/collections/staff/subjects/Eve")).status).toBe(404);
  });
});

describe("the quality gate", () => {
  const url = "/v1/collections/gate/subjects/Dee/templates";
  const DARK = [20, 20, 30] as const;

  it("refuses a bad image with each reason, for programs and for people, and enrolls nothing", async () => {
    const { body, status } = await ask("POST", url, await facesImage(DARK), keys.enroll);
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: "COSFACE_QUALITY",
      detail: expect.stringContaining("too-dark, turned-aside"),
      reasons: [
        { code: "too-dark", message: "The face is too dark: put light on it.", value: 10, limit: 50 },
        { code: "turned-aside", message: expect.stringContaining("face the camera"), value: 60, limit: 45 },
      ],
    });
    expect((await ask("GET", "/v1/collections/gate/subjects/Dee")).status).toBe(404);
  });

  it("takes other limits", async () => {
    const qualityLimits = { minimumBrightness: 5, maximumYaw: 60 };
    const other = await buildServer({ faces: fakeFaces(), gallery, qualityLimits });
    const headers = { "x-api-key": keys.enroll!, "content-type": "image/png" };
    const enroll = { method: "POST", url: "/v1/collections/other-gate/subjects/Dee/templates", headers } as const;
    expect((await other.inject({ ...enroll, payload: await facesImage(DARK) })).statusCode).toBe(201);
    await other.close();
  });

  it("is passed by for those who may do all", async () => {
    const image = await facesImage(DARK);
    expect(await ask("POST", `${url}?quality=any`, image, keys.enroll)).toMatchObject({
      status: 403,
      body: { code: "COSFACE_FORBIDDEN" },
    });
    expect(await ask("POST", `${url}?quality=any`, image)).toMatchObject({ status: 201 });
    expect(await ask("POST", `${url}?quality=some`, image)).toMatchObject({ status: 400 });
  });
});

describe("back-pressure", () => {
  /** A service with two places, whose networks wait until they are released. */
  async function openBusy(waitSeconds = 0.5) {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const faces = fakeFaces();
    const slow = Object.assign(fakeFaces(), {
      detect: (image: Uint8Array) => held.then(() => faces.detect(image)),
    });
    const other = await buildServer({ faces: slow, gallery, limits: { pendingRequests: 2, waitSeconds } });
    const headers = { "x-api-key": keys.read!, "content-type": "image/png" };
    const payload = await facesImage(RED);
    return {
      other,
      release,
      detect: async () => other.inject({ method: "POST", url: "/v1/detect", headers, payload }),
    };
  }

  it("refuses requests that find no place in time, but not the question whether the service lives", async () => {
    const { detect, other, release } = await openBusy();
    const first = [detect(), detect()];
    const answer = await detect();
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toBe("1");
    expect((await other.inject({ url: "/v1/health" })).statusCode).toBe(200);
    release();
    expect((await Promise.all(first)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect((await detect()).statusCode).toBe(200);
    await other.close();
  });

  it("lets requests wait a moment for a place, and refuses at once what is too many to wait", async () => {
    const { detect, other, release } = await openBusy(30);
    const waiting = Array.from({ length: 34 }, () => detect());
    const start = performance.now();
    expect((await detect()).statusCode).toBe(503);
    expect(performance.now() - start).toBeLessThan(10_000);
    release();
    expect((await Promise.all(waiting)).every(({ statusCode }) => statusCode === 200)).toBe(true);
    await other.close();
  });

  it("keeps no place for who has hung up", async () => {
    const { other, release } = await openBusy();
    const url = await other.listen({ host: "127.0.0.1", port: 0 });
    const headers = { "x-api-key": keys.read!, "content-type": "image/png", connection: "close" };
    const body = new Uint8Array(await facesImage(RED));
    const ask = async (signal?: AbortSignal) => {
      const answer = await fetch(`${url}/v1/detect`, { method: "POST", headers, body, ...(signal && { signal }) });
      await answer.arrayBuffer();
      return answer.status;
    };
    const controller = new AbortController();
    const given = Array.from({ length: 6 }, () => ask(controller.signal).catch(() => "hung up"));
    await sleep(200);
    controller.abort();
    expect(await Promise.all(given)).toEqual(given.map(() => "hung up"));
    release();
    expect(await Promise.all([ask(), ask()])).toEqual([200, 200]);
    other.server.closeAllConnections(); // Those that the client opened anew and did not use.
    await other.close();
  });
});

describe("keys", () => {
  it.each([
    ["none", "", 401, "COSFACE_UNAUTHORIZED"],
    ["an unknown one", `cosface_${"A".repeat(64)}`, 401, "COSFACE_UNAUTHORIZED"],
    ["an expired one", "expired", 401, "COSFACE_UNAUTHORIZED"],
    ["one for less", "read", 403, "COSFACE_FORBIDDEN"],
  ])("%s: refused", async (_, key, status, code) => {
    const answer = await ask("POST", "/v1/collections", { name: "x" }, keys[key] ?? key);
    expect(answer).toMatchObject({ status, body: { status, code } });
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  it("may come as a bearer token", async () => {
    const headers = { authorization: `Bearer ${keys.read}` };
    expect((await app.inject({ url: "/v1/collections", headers })).statusCode).toBe(200);
  });
});
