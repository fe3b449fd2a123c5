import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as core from "../src/base/core/index.ts";
import { qualityRejections } from "../src/faces/face/index.ts";

const page = readFileSync(join(import.meta.dirname, "..", "docs", "reference", "errors.md"), "utf8");
const documented = [...page.matchAll(/^\| `(COSFACE_\w+)` \| `(\w+)` \|/gm)].map(([, code, name]) => ({ code, name }));

const thrown = Object.values(core).flatMap((value) => {
  const isError = typeof value === "function" && value.prototype instanceof core.CosfaceError;
  if (!isError) return [];
  const { code, name } = new (value as typeof core.ShapeError)("message");
  return [{ code, name }];
});

describe("docs/reference/errors.md", () => {
  const byCode = (a: { code: string | undefined }, b: { code: string | undefined }) =>
    String(a.code).localeCompare(String(b.code));

  it("lists every error with its code, and no other", () => {
    expect(thrown.length).toBeGreaterThan(5);
    expect([...documented].sort(byCode)).toEqual([...thrown].sort(byCode));
  });

  it("lists every reason why a face is refused, and no other", () => {
    const bad = { eyeDistance: 0, score: 0, sharpness: 0, contrast: 0, yaw: 90, pitch: 90, roll: 90 };
    const refused = [0, 255].flatMap((brightness) => qualityRejections({ ...bad, brightness }));
    const table = page.slice(page.indexOf("| reason |"));
    const named = [...table.matchAll(/^\| (`.*`) \|/gm)].flatMap(([, names]) => names!.replaceAll("`", "").split(", "));
    expect(named.sort()).toEqual([...new Set(refused.map(({ code }) => code))].sort());
  });
});
