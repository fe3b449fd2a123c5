/**
 * Every operation of the OpenAPI document, asked for with what its schemas say and with what they do not: no answer is
 * a fault of the service, each error is a problem with a code, and the gallery is sound afterwards.
 * `COSFACE_MUTATIONS=10000` asks that often.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { facesImage, fakeFaces } from "../../../test/fake-faces.ts";
import { type TestGallery, testEngines } from "../../../test/support/galleries.ts";
import { hostileString } from "../../../test/support/hostile-strings.ts";
import { mutationCount, mutationTimeout } from "../../../test/support/mutation-count.ts";
import { errorStatus } from "../../base/core/index.ts";
import type { App } from "./app.ts";
import { buildServer } from "./build-server.ts";

/** As much of JSON Schema as the document uses. */
type Schema = {
  readonly type?: "string" | "integer" | "number" | "boolean" | "array" | "object" | "null";
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly contentEncoding?: string;
  readonly format?: string;
};

type Parameter = { readonly name: string; readonly in: "path" | "query" | "header"; readonly schema: Schema };
type Operation = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Undefined for an operation without a JSON body. */
  readonly body: Schema | undefined;
  readonly types: readonly string[];
};

/** Requests in all, each operation alike. */
const REQUESTS = mutationCount(600);
const SLOWEST_MILLISECONDS = 10_000;
/** Names and ids that are there, so that tricks also reach what lies behind them. */
const NAMES = ["canary", "prey", "default", "Ann", "Bob"];

const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom<unknown>(1e308, -1, 2 ** 53, [[]], {}, null));

/** Values that mostly fit a schema, with hostile strings and other types among them. */
function fuzzed(schema: Schema, pool: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 6, arbitrary: fitting(schema, pool) }, { weight: 1, arbitrary: json });
}

function fitting(schema: Schema, pool: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.oneof(fc.constantFrom(...schema.enum), hostileString);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => fitting(one, pool)));
  switch (schema.type) {
    case "integer":
      return fc.oneof(fc.integer({ min: -3, max: 200 }), fc.maxSafeInteger());
    case "number":
      return fc.oneof(fc.double({ min: -1, max: 1 }), fc.double());
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(fuzzed(schema.items ?? {}, pool), { maxLength: 3 });
    case "object":
      return schema.properties === undefined
        ? fc.dictionary(hostileString, json, { maxKeys: 3 })
        : objects(schema, pool);
    case "string":
      return fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...pool) }, { weight: 3, arbitrary: hostileString });
    default:
      return json;
  }
}

/** Objects with all that is required, most of the time, and now and then a property that nobody asked for. */
function objects({ properties = {}, required = [] }: Schema, pool: readonly string[]): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, fuzzed(one, pool)]));
  const known = fc.record(fields, { requiredKeys: Object.keys(fields).filter((name) => required.includes(name)) });
  const extra = fc.option(fc.tuple(hostileString, json), { freq: 5, nil: undefined });
  return fc.tuple(known, extra).map(([value, more]) => (more === undefined ? value : { ...value, [more[0]]: more[1] }));
}

/** Changes to the text of a body: where, and what comes instead of the rest or between its halves. */
const damage = fc.record({
  at: fc.nat(),
  inserted: fc.oneof(fc.constantFrom("", ",", '"', "}", "\u0000", "\ufeff", "[".repeat(5000)), hostileString),
  isCut: fc.boolean(),
});

function textOf(body: unknown, change: { at: number; inserted: string; isCut: boolean } | undefined): string {
  const text = JSON.stringify(body);
  if (change === undefined) return text;
  const at = change.at % (text.length + 1);
  return text.slice(0, at) + change.inserted + (change.isCut ? "" : text.slice(at));
}

/** A part of an address, as a client would write it: halves of characters cannot be. */
const encoded = (value: unknown) =>
  encodeURIComponent((typeof value === "string" ? value : JSON.stringify(value)).replace(/\p{Surrogate}/gu, "\ufffd"));

function operationsOf(document: { readonly paths?: object }): Operation[] {
  return Object.entries(document.paths as Record<string, Record<string, never>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody = { content: {} } }]): Operation => {
      const { content } = requestBody as { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
      return {
        method: method.toUpperCase() as Operation["method"],
        path,
        parameters,
        body: content["application/json"]?.schema,
        types: Object.keys(content),
      };
    }),
  );
}

describe.each(testEngines)("the service on $engine", ({ create }) => {
  let app: App;
  let opened: TestGallery;
  let key: string;
  let operations: Operation[];
  let pool: readonly string[];

  beforeAll(async () => {
    opened = await create();
    const { gallery } = opened;
    ({ key } = await gallery.keys.create({ name: "fuzz", scopes: ["admin"] }));
    const limits = { bodyBytes: 2 ** 20, requestsPerMinute: 1_000_000 };
    app = await buildServer({ faces: fakeFaces(), gallery, limits, thresholds: [{ far: 1e-4, threshold: 0.9 }] });
    for (const name of ["canary", "prey"]) {
      const collection = await gallery.createCollection({ name, model: "colors", size: 4 });
      const image = { embedding: new Float32Array([1, 0, 0, 0]), model: "colors", thumbnail: new Uint8Array(10) };
      for (const subject of ["Ann", "Bob"]) await collection.enroll({ subject, ...image });
    }
    const { body } = await app.inject({ url: "/openapi.json" });
    operations = operationsOf(JSON.parse(body));
    const [template] = await (await gallery.collection("prey")).templates("Ann");
    const base64 = (await facesImage([250, 10, 10])).toString("base64");
    pool = [...NAMES, template!.id, "00000000-0000-4000-8000-000000000000", base64, "2030-01-01T00:00:00Z"];
  });
  afterAll(async () => {
    await app.close();
    await opened.remove();
  });

  /** Asks, and holds the answer to what every answer must keep. */
  async function send(method: Operation["method"], url: string, body?: string | Buffer, type = "application/json") {
    const start = performance.now();
    const answer = await app.inject({
      method,
      url,
      headers: { "x-api-key": key, ...(body === undefined ? {} : { "content-type": type }) },
      ...(body === undefined ? {} : { payload: body }),
    });
    const what = `${method} ${url.slice(0, 200)}`;
    expect(performance.now() - start, what).toBeLessThan(SLOWEST_MILLISECONDS);
    expect(answer.statusCode, what).toBeLessThan(500);
    if (answer.statusCode < 400) return;
    if (url.startsWith("/api/")) {
      expect(answer.json(), what).toEqual({ message: expect.any(String), code: expect.any(Number) });
      return;
    }
    expect(answer.headers["content-type"], what).toContain("application/problem+json");
    expect(errorStatus, what).toHaveProperty(answer.json().code, answer.statusCode);
  }

  it("answers whatever is asked, without a fault", { timeout: mutationTimeout(REQUESTS) }, async () => {
    expect(operations.length).toBeGreaterThan(40);
    for (const { body, method, parameters, path, types } of operations) {
      const request = fc.record({
        values: fc.tuple(...parameters.map(({ schema }) => fuzzed(schema, pool))),
        left: fc.array(fc.boolean(), { minLength: parameters.length, maxLength: parameters.length }),
        body: body === undefined ? fc.option(json, { freq: 4, nil: undefined }) : fuzzed(body, pool),
        damage: fc.option(damage, { freq: 4, nil: undefined }),
        raw: fc.option(
          fc.tuple(fc.constantFrom("image/png", "multipart/form-data; boundary=X", ...types), hostileString),
          {
            freq: 4,
            nil: undefined,
          },
        ),
      });
      const check = fc.asyncProperty(request, async ({ body, damage: change, left, raw, values }) => {
        let address = path;
        const query: string[] = [];
        for (const [i, parameter] of parameters.entries()) {
          if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encoded(values[i]) || "%20");
          else if (parameter.in === "query" && !left[i]) query.push(`${parameter.name}=${encoded(values[i])}`);
        }
        // The canary is for the end: nothing may be deleted by what was not meant for it.
        if (method === "DELETE" && address.includes("canary")) address = address.replace("canary", "prey");
        const url = query.length === 0 ? address : `${address}?${query.join("&")}`;
        if (method === "GET") await send(method, url);
        else if (raw === undefined) await send(method, url, body === undefined ? undefined : textOf(body, change));
        else await send(method, url, formOr(raw[1], raw[0]), raw[0]);
      });
      await fc.assert(check, { numRuns: Math.ceil(REQUESTS / operations.length), endOnFailure: true });
    }
  });

  it("has a sound gallery afterwards", async () => {
    const { gallery } = opened;
    await gallery.ping();
    const collections = await gallery.collections();
    expect(collections.map(({ name }) => name)).toContain("canary");
    for (const { name, templateCount } of collections) {
      const collection = await gallery.collection(name);
      let counted = 0;
      for (const subject of await collection.subjects({ limit: 1000 })) {
        const templates = await collection.templates(subject.name);
        expect(templates).toHaveLength(subject.templateCount);
        counted += templates.length;
      }
      expect(counted).toBe(templateCount);
      let lineCount = 0;
      for await (const line of collection.export()) {
        JSON.parse(line);
        lineCount++;
      }
      expect(lineCount).toBeGreaterThan(0);
    }
    const [match] = await (await gallery.collection("canary")).search({
      embedding: new Float32Array([1, 0, 0, 0]),
      model: "colors",
    });
    expect(match?.score).toBeCloseTo(1, 5);
  });
});

/** A form whose names and contents are the text, or the text. */
function formOr(text: string, type: string): Buffer {
  if (!type.startsWith("multipart")) return Buffer.from(text);
  const name = text.replace(/["\r\n]/g, "");
  const head = `--X\r\ncontent-disposition: form-data; name="${name}"; filename="${name}"\r\n\r\n`;
  return Buffer.from(`${head}${text}\r\n--X--\r\n`);
}
