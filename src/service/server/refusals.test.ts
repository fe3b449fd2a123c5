/** A refusal says what is wrong with a request: the field, and the right methods, content types and properties. */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { facesImage, fakeFaces } from "../../../test/fake-faces.ts";
import { type Collection, type Gallery, openGallery } from "../gallery/index.ts";
import type { App } from "./app.ts";
import { buildServer } from "./build-server.ts";

const RED = [250, 10, 10] as const;
const BLUE = [10, 10, 250] as const;
const BLACK = [0, 0, 0] as const;
/** People with 60 kB of notes each, more than the buffers of a connection hold. */
const COUNT = 300;

let app: App;
let gallery: Gallery;
let people: Collection;
let key: string;
let red: Buffer;

beforeAll(async () => {
  gallery = await openGallery();
  ({ key } = await gallery.keys.create({ name: "test", scopes: ["admin"] }));
  people = await gallery.createCollection({ name: "people", model: "colors", size: 4 });
  const limits = { answerSeconds: 1, requestsPerMinute: 1_000_000 };
  app = await buildServer({ faces: fakeFaces(), gallery, limits, thresholds: [{ far: 1e-4, threshold: 0.9 }] });
  red = await facesImage(RED);
});
afterAll(async () => {
  await app.close();
  await gallery.close();
});

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

async function ask(method: Method, url: string, payload?: string | object | Buffer, type?: string) {
  const headers = { "x-api-key": key, ...(type === undefined ? {} : { "content-type": type }) };
  const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  return { status: answer.statusCode, headers: answer.headers, body: answer.body === "" ? {} : answer.json() };
}

const form = (...parts: readonly string[]) =>
  Buffer.from(
    `${parts.map((part) => `--X\r\ncontent-disposition: form-data; ${part}\r\n`).join("")}--X--\r\n`,
    "latin1",
  );
const file = (name: string, bytes: Buffer) => `name="${name}"; filename="a.png"\r\n\r\n${bytes.toString("latin1")}`;
const FORM = "multipart/form-data; boundary=X";

describe("images", () => {
  it.each([
    ["with line breaks", (text: string) => text.replace(/.{76}/g, "$&\r\n")],
    ["as a data URL", (text: string) => `data:image/png;base64,${text}`],
    ["as a data URL with parameters", (text: string) => `data:image/png;name=a.png;charset=utf-8;base64,${text}`],
    [
      "without padding, for addresses",
      (text: string) => text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, ""),
    ],
  ])("in base64 are read %s", async (_, write) => {
    const { body, status } = await ask("POST", "/v1/detect", { image: write(red.toString("base64")) });
    expect([status, body.faces?.length]).toEqual([200, 1]);
  });

  it.each([
    ["missing", {}, "'image' is missing"],
    ["an object", { image: {} }, "'image': got an object with no fields, expected string"],
    ["a number", { image: 5 }, "'image': got a number, expected string"],
    ["null", { image: null }, "'image': got null, expected string"],
    ["empty", { image: "" }, "'image' is empty"],
    ["spaces", { image: " \n" }, "'image' is empty"],
    ["text", { image: "no base64!" }, "'image': character 9 is not base64"],
    ["cut off", { image: "AAAAA" }, "'image': the base64 is cut off"],
    ["a data URL without base64", { image: "data:image/png,abc" }, "a data URL that is not in base64"],
    ["an unknown property", { image: "AAAA", path: "x" }, "got the unknown property 'path', expected only image"],
  ])("in JSON that are %s: said", async (_, payload, message) => {
    expect(await ask("POST", "/v1/detect", payload)).toMatchObject({
      status: 400,
      body: { code: "COSFACE_OPTION", detail: expect.stringContaining(message) },
    });
  });

  it.each([
    ["no file", () => form('name="other"\r\n\r\nx'), FORM, "'image' is missing: the form has no file"],
    ["text", () => form('name="image"\r\n\r\nx'), FORM, "'image': got text, expected a file"],
    ["two files", () => form(file("image", red), file("more", red)), FORM, "got more than 1 file, expected image"],
    ["a threshold", () => form(file("image", red), 'name="threshold"\r\n\r\n1'), FORM, "the text field 'threshold'"],
    ["an empty file", () => form(file("image", Buffer.alloc(0))), FORM, "'image' is empty"],
    ["no boundary", () => form(file("image", red)), "multipart/form-data", "has no boundary"],
  ])("of a form with %s: said", async (_, body, type, message) => {
    expect(await ask("POST", "/v1/detect", body(), type)).toMatchObject({
      status: 400,
      body: { code: "COSFACE_OPTION", detail: expect.stringContaining(message) },
    });
  });

  it("of a form, both of which are needed: the missing one is named, and so is the one that cannot be read", async () => {
    const one = await ask("POST", "/v1/verify", form(file("first", red), file("other", red)), FORM);
    expect(one.body.detail).toContain("'second' is missing");
    const other = await ask("POST", "/v1/verify", form(file("first", red), file("second", Buffer.from("x"))), FORM);
    expect(other).toMatchObject({ status: 422, body: { code: "COSFACE_IMAGE", detail: /^second: / } });
    const blank = await ask(
      "POST",
      "/v1/verify",
      form(file("first", await facesImage(BLACK)), file("second", red)),
      FORM,
    );
    expect(blank.body.detail).toMatch(/^first: got no face/);
  });
});

describe("what is not there", () => {
  it("content types: 415 with those that are accepted", async () => {
    const refused = await ask("POST", "/v1/detect", "<svg/>", "text/html");
    expect(refused).toMatchObject({ status: 415, body: { code: "COSFACE_MEDIA_TYPE" } });
    expect(refused.body.detail).toContain("application/json, multipart/form-data, image/*, application/octet-stream");
    expect((await ask("POST", "/v1/collections", red, "image/png")).body.detail).toContain("expected application/json");
  });

  it("packed bodies: 415", async () => {
    const headers = { "x-api-key": key, "content-type": "image/png", "content-encoding": "gzip" };
    const refused = await app.inject({ method: "POST", url: "/v1/detect", headers, payload: red });
    expect([refused.statusCode, refused.json().detail]).toEqual([
      415,
      "request: got a body with content-encoding gzip, expected none: send it unpacked",
    ]);
  });

  it.each([
    ["POST", "/v1/collections/people/identify?treshold=0.99", "'treshold'", "is 'threshold' meant?"],
    ["GET", "/v1/collections?limit=3", "'limit'", "expected none"],
    ["GET", "/v1/collections/people/subjects?limit=3&%C3%A9=1", "an unknown parameter", "only after, limit"],
  ] as const)("parameters of an address: %s %s", async (method, url, got, expected) => {
    const { body, status } = await ask(method, url, ...(method === "POST" ? ([red, "image/png"] as const) : []));
    expect(status).toBe(400);
    expect(body.detail).toContain(got);
    expect(body.detail).toContain(expected);
  });

  it.each([
    ["/v1/collections/people/subjects", { name: 5 }, "'name': got a number, expected string"],
    ["/v1/collections/people/subjects", { name: true }, "'name': got a boolean, expected string"],
    ["/v1/collections/people/subjects", { name: "x", consent: 1 }, "'consent': got a number, expected string or null"],
    ["/v1/collections/people/subjects", { name: "x", metadata: [] }, "'metadata': got an empty list, expected object"],
    ["/v1/keys", { name: "x", scopes: "read" }, "'scopes': got a string, expected array"],
    ["/v1/jobs/enroll", { collection: "people", thumbnail: "yes" }, "'thumbnail': got a string, expected boolean"],
    ["/v1/collections", [], "the body: got an empty list, expected object"],
  ])("types in JSON, which are not converted: %s %j", async (url, payload, message) => {
    const { body, status } = await ask("POST", url, payload);
    expect([status, body.detail]).toEqual([400, expect.stringContaining(message)]);
  });

  it("names that cannot be told from others, where they are new", async () => {
    for (const name of [" ", "\u00a0", "\u200b", "Ann ", "\u2003Ann"]) {
      for (const refused of [
        await ask("POST", "/v1/collections", { name }),
        await ask("POST", "/v1/collections/people/subjects", { name }),
        await ask("POST", `/v1/collections/people/subjects/${encodeURIComponent(name)}/templates`, red, "image/png"),
      ]) {
        expect([refused.status, refused.body.detail]).toEqual([400, expect.stringMatching(/blank name|white space/)]);
      }
      // One that an earlier version stored is found.
      expect((await ask("GET", `/v1/collections/people/subjects/${encodeURIComponent(name)}`)).status).toBe(404);
    }
  });

  it("methods: 405 with Allow", async () => {
    const refused = await ask("PUT", "/v1/collections/people/subjects");
    expect(refused).toMatchObject({ status: 405, body: { code: "COSFACE_METHOD" } });
    expect(refused.headers.allow).toBe("GET, HEAD, POST");
  });

  it("a slash at the end, and an address", async () => {
    expect((await ask("GET", "/v1/collections/")).body.detail).toContain("leave the slash out");
    expect(await ask("GET", "/v1/nothing")).toMatchObject({ status: 404, body: { code: "COSFACE_NOT_FOUND" } });
  });

  it("names that no address can hold, at every door, and one name in two forms", async () => {
    for (const name of [".", ".."]) {
      for (const refused of [
        await ask("POST", "/v1/collections", { name }),
        await ask("POST", "/v1/collections/people/subjects", { name }),
        await ask("POST", `/api/v1/recognition/faces?subject=${name}`, red, "image/png"),
        await ask("POST", "/api/v1/recognition/subjects", { subject: name }),
        await ask("POST", "/v1/keys", { name, scopes: ["read"] }),
      ]) {
        expect(refused.status).toBe(400);
      }
    }
    const [composed, decomposed] = ["José".normalize("NFC"), "José".normalize("NFD")];
    const enroll = (name: string, image: Buffer) =>
      ask("POST", `/v1/collections/people/subjects/${encodeURIComponent(name)}/templates`, image, "image/png");
    expect((await enroll(decomposed, red)).body).toMatchObject({ subject: composed });
    await enroll(composed, await facesImage([240, 20, 15]));
    expect(await people.subjects()).toMatchObject([{ name: composed, templateCount: 2 }]);
    expect((await ask("POST", "/v1/collections/people/subjects", { name: decomposed })).status).toBe(409);
    expect((await ask("GET", `/v1/collections/people/subjects/${encodeURIComponent(decomposed)}`)).status).toBe(200);
  });
});

describe("CompreFace's routes", () => {
  it("answer an image without a face, and several, as CompreFace does", async () => {
    const blank = await facesImage(BLACK);
    for (const path of ["recognition/recognize", "detection/detect", "recognition/faces?subject=Ann"]) {
      expect(await ask("POST", `/api/v1/${path}`, blank, "image/png")).toMatchObject({
        status: 400,
        body: { message: "No face is found in the given image", code: 28 },
      });
    }
    const both = await facesImage(RED, BLUE);
    expect((await ask("POST", "/api/v1/recognition/faces?subject=Ann", both, "image/png")).body).toEqual({
      message: "Found more than one face in the given image",
      code: 31,
    });
  });

  it("take status=True, as Python's clients write it", async () => {
    for (const [status, isThere] of [
      ["True", true],
      ["true", true],
      ["False", false],
      ["", false],
    ] as const) {
      const { body } = await ask("POST", `/api/v1/detection/detect?status=${status}`, red, "image/png");
      expect("plugins_versions" in body).toBe(isThere);
    }
    expect((await ask("POST", "/api/v1/detection/detect?status=maybe", red, "image/png")).status).toBe(400);
  });
});

describe("what lasts", () => {
  it("events of a job end with the key that watches", { timeout: 30_000 }, async () => {
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    const watcher = await gallery.keys.create({ name: "watcher", scopes: ["read"] });
    const expiring = await gallery.keys.create({
      name: "expiring",
      scopes: ["read"],
      expiresAt: new Date(Date.now() + 3000),
    });
    for (const [text, end] of [
      [watcher.key, () => gallery.keys.revoke(watcher.info.id)],
      [expiring.key, async () => {}],
    ] as const) {
      const headers = { "x-api-key": text };
      const job = (await (await fetch(`${url}/v1/jobs/cluster`, { method: "POST", headers })).json()) as { id: string };
      const events = await fetch(`${url}/v1/jobs/${job.id}/events`, { headers });
      const start = performance.now();
      await end();
      expect(await events.text()).not.toContain("event: end");
      expect(performance.now() - start).toBeLessThan(12_000);
    }
  });

  it("a client that does not read its answer is disconnected, and its slot is free again", {
    timeout: 60_000,
  }, async () => {
    const metadata = { text: "x".repeat(60_000) };
    const large = await gallery.createCollection({ name: "large", model: "colors", size: 4 });
    for (let i = 0; i < COUNT; i++) await large.addSubject(`${i}`, { metadata });
    const { port } = app.server.address() as { readonly port: number };
    const socket = connect(port, "127.0.0.1");
    socket.pause();
    socket.write(`GET /v1/collections/large/subjects?limit=1000 HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\n\r\n`);
    await sleep(5000);
    let received = 0;
    socket.on("data", (data) => {
      received += data.length;
    });
    await new Promise((resolve) => {
      // Cut while the answer was on its way, or reset.
      socket.on("error", resolve);
      socket.on("close", resolve);
      socket.resume();
    });
    expect(received).toBeLessThan(COUNT * 60_000);
    const whole = await ask("GET", "/v1/collections/large/subjects?limit=1000");
    expect([whole.status, whole.body.subjects.length]).toEqual([200, COUNT]);
  });

  it("merges at the same time: one wins, the others find nobody, and no template is lost", async () => {
    const club = await gallery.createCollection({ name: "club", model: "colors", size: 4 });
    for (const [i, subject] of ["a", "b", "c"].entries()) {
      const embedding = Float32Array.from([1, i, 0, 1]);
      await club.enroll({ subject, embedding, model: "colors" });
    }
    const merge = (from: string, into: string) => ask("POST", `/v1/collections/club/subjects/${into}/merge`, { from });
    const answers = await Promise.all([
      merge("a", "b"),
      merge("b", "a"),
      merge("a", "c"),
      merge("c", "b"),
      merge("b", "c"),
    ]);
    for (const { status } of answers) expect([200, 404]).toContain(status);
    const left = await club.subjects();
    expect(left.reduce((sum, { templateCount }) => sum + templateCount, 0)).toBe(3);
    expect((await gallery.collections()).find(({ name }) => name === "club")?.templateCount).toBe(3);
  });

  it("an import of a size that cannot be, or of a line beyond measure, is refused in words", async () => {
    const head = (size: unknown) => JSON.stringify({ collection: { version: 1, name: "x", model: "m", size } });
    await expect(gallery.import([head(1e9)])).rejects.toThrow("import: line 1: expected a size from 1 to 4000");
    const long = `{"subject":"${"x".repeat(70_000_000)}"}`;
    await expect(gallery.import([head(4), long])).rejects.toThrow("line 2: got more than 67108864 characters");
  });
});
