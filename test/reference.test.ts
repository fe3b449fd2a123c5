/** docs/reference/ holds what the code renders: `npm run docs:reference` writes it. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pages } from "../tools/reference/pages.ts";

const folder = join(import.meta.dirname, "..", "docs", "reference");

describe("docs/reference", () => {
  it.each(Object.entries(pages))("%s.md is what the code renders (npm run docs:reference)", async (name, render) => {
    expect(await readFile(join(folder, `${name}.md`), "utf8")).toBe(await render());
  });

  it("has no other page", async () => {
    const found = (await readdir(folder)).filter((name) => name.endsWith(".md"));
    expect(found.sort()).toEqual(Object.keys(pages).map((name) => `${name}.md`));
  });
});
