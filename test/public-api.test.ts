/** What the package's entries export. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as installed from "cosface";
import { describe, expect, it } from "vitest";
import * as source from "../src/index.ts";
import { entries, readApi } from "../tools/api/declarations.ts";

/** Most names that the main entry gives a program: it is for those who use the project, not for those who extend it. */
const MOST_NAMES = 40;

const root = join(import.meta.dirname, "..");
const api = readApi();

describe("the public API", () => {
  it("has a doc comment on every name", () => {
    const names = Object.entries(api).flatMap(([subpath, all]) => all.map((one) => ({ subpath, ...one })));
    expect(names.length).toBeGreaterThan(400);
    const undocumented = names
      .filter(({ comment }) => comment === "")
      .map(({ subpath, name }) => `${subpath}: ${name}`);
    expect(undocumented).toEqual([]);
  });

  it("has a main entry of few names", () => {
    expect(Object.keys(source).length).toBeLessThanOrEqual(MOST_NAMES);
  });

  it.each(Object.entries(entries()))("%s is a file of names alone", (_, name) => {
    const text = readFileSync(join(root, "src", `${name}.ts`), "utf8");
    expect(text).toMatch(/^\/\*\*/);
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    expect(code.replace(/export (?:type )?\{[^}]*\} from "[^"]+";/g, "").trim()).toBe("");
  });

  it('is what import … from "cosface" gives in a checkout', () => {
    expect(Object.keys(installed)).toEqual(Object.keys(source));
    for (const [name, value] of Object.entries(source)) {
      expect((installed as Readonly<Record<string, unknown>>)[name], name).toBe(value);
    }
  });
});
