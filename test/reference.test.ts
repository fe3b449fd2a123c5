/** docs/reference/ and bin/commands.json hold what the code renders: `npm run docs:reference` writes them. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createProgram } from "../src/cli/program.ts";
import { renderCommandDescriptions } from "../tools/reference/command-descriptions.ts";
import { pages } from "../tools/reference/pages.ts";
import { drawWings } from "../tools/wings/draw.ts";

const folder = join(import.meta.dirname, "..", "docs", "reference");

describe("docs/reference", () => {
  it.each(Object.entries(pages))("%s.md is what the code renders (npm run docs:reference)", async (name, render) => {
    expect(await readFile(join(folder, `${name}.md`), "utf8")).toBe(await render());
  });

  it("has no other page", async () => {
    const found = (await readdir(folder)).filter((name) => name.endsWith(".md"));
    expect(found.sort()).toEqual(Object.keys(pages).map((name) => `${name}.md`));
  });

  it("names flags of losses that `cosface train` has", async () => {
    const text = await readFile(join(folder, "losses.md"), "utf8");
    const flags = [...text.matchAll(/`(--[^`]+)`/g)].map(([, flag]) => flag);
    const train = (await createProgram("train")).commands.find((command) => command.name() === "train");
    const known = new Set(train?.options.map(({ long }) => long));
    expect(flags.length).toBeGreaterThan(20);
    expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
  });
});

describe("docs/images/wings.svg", () => {
  it("draws the imports of src/ as they are (npm run docs:reference)", async () => {
    expect(await readFile(join(folder, "..", "images", "wings.svg"), "utf8")).toBe(drawWings());
  });
});

describe("bin/commands.json", () => {
  it("has the commands and their descriptions (npm run docs:reference)", async () => {
    const file = join(import.meta.dirname, "..", "bin", "commands.json");
    expect(await readFile(file, "utf8")).toBe(await renderCommandDescriptions());
  });
});
