/** docs/reference/api/ holds the public API of every entry as text: `npm run docs:reference` writes it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { statements } from "../tools/api/declaration-files.ts";
import { readApi } from "../tools/api/declarations.ts";
import { reportApi } from "../tools/api/report.ts";

const folder = join(import.meta.dirname, "..", "docs", "reference", "api");

it("docs/reference/api is what the compiler declares (npm run docs:reference)", () => {
  const committed = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  expect(Object.fromEntries(committed)).toEqual(reportApi(readApi()));
});

describe("reading declarations", () => {
  it("finds statements with their comments", () => {
    const text = [
      "/** Of the file. */",
      'import { type A } from "./a.ts";',
      "/** Documented,",
      " * in two lines. */",
      "export type B = {",
      "    /** A field. */",
      "    readonly a: A;",
      "} & {",
      "    readonly b: number;",
      "};",
      "export declare const bare: number;",
    ].join("\n");
    expect(statements(text).map(({ comment, text: code }) => [comment !== "", code.split("\n")[0]])).toEqual([
      [true, 'import { type A } from "./a.ts";'],
      [true, "export type B = {"],
      [false, "export declare const bare: number;"],
    ]);
    expect(statements(text)[1]?.text).toContain("readonly b");
  });
});
