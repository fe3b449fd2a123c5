/** The contract of `cosface serve`, run as a process: what it prints, how it ends, and what it leaves. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { encodeImage } from "../src/base/image/index.ts";
import { renderFace, syntheticIdentity } from "../src/training/synthetic/index.ts";
import { writeNetworks } from "./support/networks.ts";
import { type ServiceProcess, spawnService, startService } from "./support/service.ts";

/** People whose enrollment is in flight when the service is killed, and those whose enrollment it has answered. */
const TOGETHER = 4;
const ANSWERED = 12;
const SECONDS_TO_END = 5;

let folder: string;
let flags: readonly string[];
let service: ServiceProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-serve-"));
  const { detector, model } = await writeNetworks(folder);
  flags = ["--data", join(folder, "data"), "--model", model, "--detector", detector, "--threads", "1"];
});
afterAll(async () => {
  await service?.end("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

const photograph = async (person: number) => {
  const { image } = renderFace(syntheticIdentity(7, person), { seed: person, difficulty: 0.05 });
  return Buffer.from(await encodeImage(image, { format: "png" }));
};

async function ask(key: string, path: string, image?: Buffer) {
  const headers = { "x-api-key": key, ...(image === undefined ? {} : { "content-type": "image/png" }) };
  const body = image === undefined ? {} : { method: "POST", body: new Uint8Array(image) };
  const answer = await fetch(service!.url + path, { headers, ...body });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const people = "/v1/collections/people";
const enroll = async (key: string, person: number) =>
  ask(key, `${people}/subjects/person%20${person}/templates?thumbnail=true`, await photograph(person));

it("prints one line, ends within its time, and has everything when it is started again, killed or not", {
  timeout: 180_000,
}, async () => {
  service = await startService(...flags);
  expect(service.ready).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    apiKey: expect.stringMatching(/^cosface_\S{64}$/),
  });
  const key = service.ready.apiKey!;
  expect(await enroll(key, 0)).toMatchObject({ status: 201, body: { subject: "person 0", isNew: true } });
  const start = performance.now();
  expect(await service.end("SIGTERM")).toBe(0);
  expect(performance.now() - start).toBeLessThan(1000 * SECONDS_TO_END);
  expect(service.output.stdout).toBe(`${JSON.stringify(service.ready)}\n`);
  // Neither the key nor a person's name reaches the log.
  expect(service.output.stderr).toContain('"status":201');
  expect(service.output.stderr).not.toMatch(/person(?: |%20)0|cosface_\S{64}/);

  service = await startService(...flags);
  expect(service.ready).toEqual({ url: expect.any(String) });
  expect((await ask(key, `${people}/identify?threshold=0.9`, await photograph(0))).body).toMatchObject({
    faces: [{ unknown: false, matches: [{ subject: "person 0", score: expect.closeTo(1, 4) }] }],
  });

  const answered: string[] = [];
  let next = 1;
  const killed = Promise.all(
    Array.from({ length: TOGETHER }, async () => {
      for (;;) {
        const answer = await enroll(key, next++).catch(() => undefined);
        if (answer === undefined) return; // It has been killed.
        expect(answer.status).toBe(201);
        if (answered.push(answer.body.subject as string) === ANSWERED) void service!.end("SIGKILL");
      }
    }),
  );
  await killed;

  service = await startService(...flags);
  const { subjects } = (await ask(key, `${people}/subjects?limit=1000`)).body as {
    readonly subjects: readonly { readonly name: string; readonly templateCount: number }[];
  };
  expect(subjects.map(({ name }) => name)).toEqual(expect.arrayContaining(["person 0", ...answered]));
  for (const { name, templateCount } of subjects) {
    expect(templateCount).toBe(1);
    const { templates } = (await ask(key, `${people}/subjects/${encodeURIComponent(name)}/templates`)).body as {
      readonly templates: readonly { readonly id: string; readonly hasThumbnail: boolean }[];
    };
    expect(templates).toMatchObject([{ hasThumbnail: true }]);
  }
  expect((await ask(key, people)).body).toMatchObject({ templateCount: subjects.length });
  expect(await service.end("SIGTERM")).toBe(0);
  service = undefined;
});

it("refuses an unknown limit of quality before it opens anything", async () => {
  const data = join(folder, "none");
  const child = spawnService("--data", data, "--quality", "sharpness=1");
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  expect(await once(child, "close")).toEqual([2, null]);
  expect(JSON.parse(errors).error).toMatchObject({
    code: "COSFACE_OPTION",
    message: expect.stringMatching(/^quality: got 'sharpness', expected one of minimumEyeDistance, /),
  });
  expect(existsSync(data)).toBe(false);
});

it("ends as it should when it is told to before it is ready, and shows the key once", { timeout: 60_000 }, async () => {
  const data = join(folder, "early");
  const words = [...flags, "--data", data];
  const child = spawnService(...words);
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  while (!existsSync(data)) await sleep(10);
  const start = performance.now();
  child.kill("SIGTERM");
  expect(await once(child, "close")).toEqual([0, null]);
  expect(performance.now() - start).toBeLessThan(1000 * SECONDS_TO_END);

  service = await startService(...words);
  expect([printed, service.output.stdout].filter((text) => text.includes("apiKey"))).toHaveLength(1);
  expect(await service.end("SIGTERM")).toBe(0);
  service = undefined;
});
