/**
 * The words of CONTRIBUTING.md's glossary, kept: no text of the project uses a phrase that it replaces, and no comment
 * or paragraph is wider than the code.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

/** Most columns of a line of comment, as of a line of code (biome.json). */
const COLUMNS = 120;

/** Phrases that a stranger to the project stumbles over, each with what to write. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/\bpictures?\b/i, "image, feature map or activation"],
  [/\bways? (forward|back)\b/i, "forward pass, backward pass"],
  [/\blet(s|ting)? (?:\w+ )?go\b(?! (?:on|up|to))/i, "releases, frees"],
  [/\b(told|tells?|telling) (by|of|apart)\b/i, "reports, identifies, distinguishes"],
  [/\bis (none|no [a-z]+ of)\b|\bthat (is|are) no\b|\bwhat is no\b/i, "a plain statement"],
  [/\bof whom\b|\bis to be had\b|\bthat which\b/i, "a plain statement"],
  [/\b(is|are|was|be) turned\b|\bturned (kernel|matrix|weights)\b/i, "transposed, rotated, flipped"],
  [/\bplann?(ed|ing|s)? apart\b/i, "isolated (a subgraph)"],
  [/\bsettled? options\b|\bsettleOptions\b/i, "resolve (options)"],
  [/\bstrangers?\b/i, "impostor, non-mate, unknown"],
];

/** Files that are not yet rewritten, by the start of their path: this list only ever shrinks. */
const PENDING: readonly string[] = ["test/measure-arguments.test.ts", "test/mutated-", "test/reference-losses.ts"];

/** Pages that programs write. */
const GENERATED = /^docs\/reference\/|^results\//;

/** This file names the phrases. */
const EXEMPT = new Set(["test/words.test.ts", "CONTRIBUTING.md", "CHANGELOG.md"]);

const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((name) => /\.(ts|tsx|js|md|css|html|ya?ml)$|^\.ci\//.test(name))
  .filter((name) => !EXEMPT.has(name) && !PENDING.some((start) => name.startsWith(start)));

const lines = files.flatMap((name) =>
  readFileSync(join(root, name), "utf8")
    .split("\n")
    .map((text, index) => ({ name, text, where: `${name}:${index + 1}` })),
);

/**
 * Flags keep their names, which commands in use depend on, and random streams theirs, which drawn numbers depend on.
 */
const KEPT = /(?<![\w-])--[a-z][a-z-]*|random\(seed, "[a-z ]+"/g;

/** Names of the service's REST fields, addresses and metrics, which its clients depend on. */
const REST = /\/pictures\b|\.picture\b|\bpicture(?=:|")|cosface_pending_pictures/g;

describe("the words of the project", () => {
  it.each(phrases)("are plain: no %s", (phrase, instead) => {
    const found = lines
      .filter(({ text }) => phrase.test(text.replace(KEPT, "").replace(REST, "")))
      .map(({ where, text }) => `${where}: ${text.trim()}`);
    expect(found, `write ${instead}`).toEqual([]);
  });

  it("stand in comments of at most 120 columns", () => {
    const isComment = (text: string) => /^\s*(\/\/|\*|\/\*|#)/.test(text);
    const wide = lines.filter(({ name, text }) => !name.endsWith(".md") && isComment(text) && text.length > COLUMNS);
    expect(wide.map(({ where }) => where)).toEqual([]);
  });

  it("stand in paragraphs of at most 120 columns, tables and addresses of figures aside", () => {
    const pages = files.filter((name) => name.endsWith(".md") && !GENERATED.test(name));
    expect(pages.length).toBeGreaterThan(20);
    const wide = lines.filter(({ name, text }) => pages.includes(name) && text.length > COLUMNS);
    const prose = wide.filter(({ text }) => !/^\||^!\[/.test(text));
    expect(prose.map(({ where }) => where)).toEqual([]);
  });
});
