import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { facesImage, fakeFaces } from "../../../../test/fake-faces.ts";
import { ImageError, UnavailableError } from "../../../base/core/index.ts";
import { type ApiKey, type Gallery, openGallery } from "../../gallery/index.ts";
import type { App } from "../app.ts";
import { buildServer } from "../build-server.ts";
import type { JobImage, JobWork } from "./job.ts";
import { Jobs } from "./jobs.ts";

const RED = [250, 10, 10] as const;
const REDDISH = [240, 20, 15] as const;
const BLUE = [10, 10, 250] as const;

type Refused = { readonly picture: number };

describe("the routes of jobs", () => {
  let app: App;
  let gallery: Gallery;
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    gallery = await openGallery();
    for (const scope of ["read", "enroll", "admin"] as const) {
      keys[scope] = (await gallery.keys.create({ name: scope, scopes: [scope] })).key;
    }
    app = await buildServer({ faces: fakeFaces(), gallery, thresholds: [{ far: 1e-4, threshold: 0.9 }] });
  });
  afterAll(async () => {
    await app.close();
    await gallery.close();
  });

  async function ask(scope: string, method: "GET" | "POST" | "DELETE", path: string, payload?: object) {
    const type = Buffer.isBuffer(payload) ? { "content-type": "image/png" } : {};
    const headers = { "x-api-key": keys[scope]!, ...type };
    const { statusCode: status, body } = await app.inject({
      method,
      url: `/v1/jobs${path}`,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    return { status, body: /^[{[]/.test(body) ? JSON.parse(body) : body };
  }

  /** Events of a job, from now until it ends, as [event, data]. */
  async function watch(scope: string, id: string): Promise<[string, Record<string, unknown>][]> {
    const { body } = await ask(scope, "GET", `/${id}/events`);
    const events = (body as string).trimEnd().split("\n\n");
    return events.map((event) => {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(event)!;
      return [name!, JSON.parse(data!)];
    });
  }

  it("enroll images of many people, and list each that was refused", async () => {
    const made = await ask("enroll", "POST", "/enroll", { collection: "staff" });
    expect(made).toMatchObject({ status: 201, body: { kind: "enroll", state: "open", collection: "staff" } });
    const { id } = made.body;
    const images = [await facesImage(RED), await facesImage(RED, BLUE)].map((bytes) => bytes.toString("base64"));
    expect(await ask("enroll", "POST", `/${id}/pictures?subject=Ann`, { images })).toMatchObject({
      status: 202,
      body: { receivedCount: 2 },
    });
    await ask("enroll", "POST", `/${id}/pictures?subject=Bob`, await facesImage(BLUE));
    await ask("enroll", "POST", `/${id}/pictures`, await facesImage(BLUE));
    await ask("enroll", "POST", `/${id}/pictures?subject=Eve`, await facesImage([20, 20, 30]));
    expect(await ask("enroll", "POST", `/${id}/finish`)).toMatchObject({ status: 202 });

    const events = await watch("enroll", id);
    expect(events.slice(0, -1).every(([name]) => name === "progress")).toBe(true);
    expect(events.at(-1)).toMatchObject(["end", { state: "done", receivedCount: 5, seenCount: 5, refusedCount: 3 }]);
    const { body } = await ask("enroll", "GET", `/${id}`);
    expect(body.enrolled).toMatchObject([
      { picture: 0, subject: "Ann", isNew: true },
      { picture: 2, subject: "Bob", isNew: true },
    ]);
    expect(body.refusals.toSorted((a: Refused, b: Refused) => a.picture - b.picture)).toMatchObject([
      { picture: 1, code: "COSFACE_FACE", detail: expect.stringContaining("got 2 faces") },
      { picture: 3, code: "COSFACE_OPTION", detail: expect.stringContaining("missing ?subject=NAME") },
      { picture: 4, code: "COSFACE_QUALITY", reasons: [{ code: "too-dark" }, { code: "turned-aside" }] },
    ]);
    const staff = await gallery.collection("staff");
    expect((await staff.subjects()).map(({ name, templateCount }) => [name, templateCount])).toEqual([
      ["Ann", 1],
      ["Bob", 1],
    ]);
    expect((await ask("enroll", "POST", `/${id}/pictures?subject=Bob`, await facesImage(BLUE))).body).toMatchObject({
      code: "COSFACE_OPTION",
      detail: "jobs: this job is done, expected one that is open",
    });
  });

  it("group faces by person, and list what is not an image", async () => {
    const { body } = await ask("read", "POST", "/cluster");
    const path = `/${body.id}`;
    for (const image of [await facesImage(RED, BLUE), Buffer.from("hello"), await facesImage(REDDISH)]) {
      await ask("read", "POST", `${path}/pictures`, image);
    }
    expect((await ask("read", "GET", path)).body).not.toHaveProperty("clustered");
    await ask("read", "POST", `${path}/finish`);
    await watch("read", body.id);
    const done = (await ask("read", "GET", path)).body;
    expect(done).toMatchObject({ refusals: [{ picture: 1, code: "COSFACE_IMAGE" }], clustered: { threshold: 0.9 } });
    expect(done.clustered.faces.map(({ cluster, picture: index }: Record<string, number>) => [index, cluster])).toEqual(
      [
        [0, 0],
        [0, null],
        [2, 0],
      ],
    );
  });

  it("are seen by the key that made them, and by admin keys", async () => {
    const { id } = (await ask("read", "POST", "/cluster")).body;
    const ids = async (scope: string) =>
      (await ask(scope, "GET", "")).body.jobs.map((job: { readonly id: string }) => job.id);
    expect(await ids("read")).toContain(id);
    expect(await ids("admin")).toContain(id);
    expect(await ids("enroll")).not.toContain(id);
    for (const end of ["", "/events"]) expect((await ask("enroll", "GET", `/${id}${end}`)).status).toBe(404);
    expect((await ask("enroll", "DELETE", `/${id}`)).status).toBe(404);
    expect((await ask("read", "POST", "/enroll", { collection: "staff" })).status).toBe(403);
    expect((await ask("enroll", "POST", "/cluster")).status).toBe(403);

    expect((await ask("read", "DELETE", `/${id}`)).status).toBe(204);
    expect((await ask("read", "GET", `/${id}`)).status).toBe(404);
  });

  it("end for those who watch when they are cancelled, and when the service ends", async () => {
    const { id } = (await ask("read", "POST", "/cluster")).body;
    const watched = watch("read", id);
    await sleep(50);
    await ask("read", "DELETE", `/${id}`);
    expect((await watched).at(-1)).toMatchObject(["end", { state: "cancelled" }]);

    const other = await buildServer({ faces: fakeFaces(), gallery, thresholds: [{ far: 1e-4, threshold: 0.9 }] });
    const url = await other.listen({ host: "127.0.0.1", port: 0 });
    const headers = { "x-api-key": keys.read! };
    const made = await (await fetch(`${url}/v1/jobs/cluster`, { method: "POST", headers })).json();
    const events = await fetch(`${url}/v1/jobs/${(made as { id: string }).id}/events`, { headers });
    expect(events.headers.get("content-type")).toBe("text/event-stream");
    await Promise.all([
      other.close(),
      expect(events.text()).resolves.toMatch(/event: end\ndata: .*"cancelled".*"code":"COSFACE_UNAVAILABLE".*\n\n$/),
    ]);
  });
});

describe("Jobs", () => {
  const key = (id: string, ...scopes: ApiKey["scopes"]) => ({ id, scopes }) as ApiKey;
  const owner = key("1", "read");

  function work(process: (image: JobImage) => Promise<void>): JobWork & { finishedCount: number } {
    return {
      kind: "cluster",
      collection: null,
      maximumImages: 5,
      finishedCount: 0,
      process,
      finish() {
        this.finishedCount++;
      },
    };
  }
  const ended = async (job: { hasEnded: boolean; version: number; changeAfter(version: number): Promise<void> }) => {
    while (!job.hasEnded) await job.changeAfter(job.version);
  };

  it("try again what the service had no room for, and finish once", async () => {
    let calls = 0;
    const jobs = new Jobs(() => expect.unreachable());
    const job = jobs.create(
      owner,
      work(async ({ index }) => {
        if (++calls === 1) throw new UnavailableError("busy");
        if (index === 1) throw new ImageError("no picture");
      }),
    );
    jobs.add(job, [Buffer.alloc(1), Buffer.alloc(1)]);
    job.finish();
    await ended(job);
    expect([calls, job.state, job.seenCount, job.work.finishedCount]).toEqual([3, "done", 2, 1]);
    expect(job.refusals).toEqual([{ picture: 1, code: "COSFACE_IMAGE", detail: "no picture" }]);
  });

  it("fail with a fault, of which no more is told than to the log", async () => {
    const faults: unknown[] = [];
    const jobs = new Jobs((error) => faults.push(error));
    const fault = new Error("secret");
    const job = jobs.create(
      owner,
      work(() => Promise.reject(fault)),
    );
    jobs.add(job, [Buffer.alloc(1)]);
    await ended(job);
    expect(job.failure).toMatchObject({ code: "COSFACE_INTERNAL", detail: expect.not.stringContaining("secret") });
    expect(faults).toEqual([fault]);
  });

  it("hold no more images than they have room for, and no more jobs", async () => {
    const jobs = new Jobs(() => expect.unreachable());
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    const job = jobs.create(
      owner,
      work(() => promise),
    );
    const large = Buffer.alloc(40 * 2 ** 20);
    jobs.add(job, [large]);
    expect(() => jobs.add(job, [large])).toThrow(/too many images wait/);
    resolve();
    job.finish();
    await ended(job);
    expect(job.seenCount).toBe(1);

    const full = jobs.create(
      owner,
      work(async () => {}),
    );
    expect(() =>
      jobs.add(
        full,
        Array.from({ length: 6 }, () => Buffer.alloc(1)),
      ),
    ).toThrow(/more than 5 images/);
    for (let count = 2; count < 16; count++)
      jobs.create(
        owner,
        work(async () => {}),
      );
    expect(jobs.list(owner)).toContain(job);
    jobs.create(
      owner,
      work(async () => {}),
    ); // In the place of the one that is done.
    expect(jobs.list(owner)).not.toContain(job);
    expect(() =>
      jobs.create(
        owner,
        work(async () => {}),
      ),
    ).toThrow(UnavailableError);
    jobs.remove(full);
    jobs.create(
      owner,
      work(async () => {}),
    );
    expect(jobs.list(key("2", "admin"))).toHaveLength(16);
    expect(jobs.list(key("2", "enroll"))).toEqual([]);
  });
});
