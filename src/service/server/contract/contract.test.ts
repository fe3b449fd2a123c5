import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Value from "typebox/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeFaces } from "../../../../test/fake-faces.ts";
import { type Gallery, openGallery } from "../../gallery/index.ts";
import type { App } from "../app.ts";
import { buildServer } from "../build-server.ts";
import { contract, type RouteContract } from "./index.ts";

const routes = Object.entries<RouteContract>(contract);

describe("the contract", () => {
  let app: App;
  let gallery: Gallery;
  beforeAll(async () => {
    gallery = await openGallery();
    app = await buildServer({ faces: fakeFaces(), gallery });
  });
  afterAll(async () => {
    await app.close();
    await gallery.close();
  });

  it("is what the service serves, and what it describes", () => {
    const { paths = {} } = app.swagger() as unknown as { paths?: Record<string, Record<string, { summary: string }>> };
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { summary }]) => `${method.toUpperCase()} ${path} ${summary}`),
    );
    const stated = routes.map(
      ([, { method, path, summary }]) => `${method} ${path.replace(/:(\w+)/g, "{$1}")} ${summary}`,
    );
    expect(described.sort()).toEqual(stated.sort());
  });

  it("has one operation for each method of a path", () => {
    const addresses = routes.map(([, { method, path }]) => `${method} ${path.replace(/:\w+/g, ":")}`);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it.each(routes)(
    "%s: its summary is one sentence, its examples fit its schema, its parameters are in its path",
    (_, route) => {
      expect(route.summary).toMatch(/^[A-Z][^\n]{5,110}[^.]$/);
      const body = route.body as { readonly examples?: readonly unknown[] } | undefined;
      for (const example of body?.examples ?? [])
        expect(Value.Check(route.body as never, Value.Default(route.body as never, structuredClone(example)))).toBe(
          true,
        );
      const params = Object.keys((route.params as { properties?: object } | undefined)?.properties ?? {});
      expect([...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name)).toEqual(params);
    },
  );

  it("imports typebox and names alone, so that the page can take its types from it", () => {
    for (const name of readdirSync(import.meta.dirname).filter((file) => !file.endsWith(".test.ts"))) {
      const text = readFileSync(join(import.meta.dirname, name), "utf8");
      const imported = [...text.matchAll(/from "([^"]+)"/g)].map(([, from]) => from);
      for (const from of imported)
        expect(from, name).toMatch(/^(typebox|\.\/[\w-]+\.ts|\.\.\/\.\.\/gallery\/names\.ts)$/);
    }
  });
});
