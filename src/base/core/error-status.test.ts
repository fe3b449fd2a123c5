import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { errorStatus, ImageError } from "./errors.ts";

it("docs/reference/errors.md has HTTP's status for each code", () => {
  const docs = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "reference", "errors.md"), "utf8");
  const rows = [...docs.matchAll(/^\| `(COSFACE_\w+)` .* (\d{3}) \|$/gm)];
  expect(Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]))).toEqual(errorStatus);
});

it("is on each error, where Fastify and Express look for it", () => {
  expect(new ImageError("not an image").statusCode).toBe(422);
});
