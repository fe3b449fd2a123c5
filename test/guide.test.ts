/** README and guide: a page's TypeScript is type-checked and run as one program, and its commands exist as written. */
import { execFile } from "node:child_process";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProgram } from "../src/cli/program.ts";
import { blocks, drawFiles, program, readPages } from "./support/guide.ts";

const ROOT = join(import.meta.dirname, "..");
const pages = await readPages();
const withCode = [...pages].filter(([, text]) => blocks(text, "ts").length > 0);
const programs = withCode.map(([path]) => basename(path, ".md"));

/** What the program of a page prints; of the others, only that it ends well is checked. */
const printed: Readonly<Record<string, RegExp>> = {
  recognize: /^true 0\.9\d\d 0\.9\d* 0\.001\nfalse\nCOSFACE_FACE\n(?:(?:Ann|Ben) \d+ 0\.9\d\d\n){2}[\s\S]*\[ 'Ann' \]/,
  threshold: /^0\.1 0\.9\d* [\d.]+ of genuine pairs accepted\n[\s\S]*same: false[\s\S]*\ntrue\n$/,
  assess:
    /^20 photographs of 10 people\n(?:0\.\d{3} \{[^}]*\} 0\.\d\d|insufficient data: .*)\na FNMR 0\.\d\d\nb group 'b': FNMR: 2 people, /,
  train: /^6 people, 24 images\n[\s\S]*true runs\/first\/model\.onnx\n/,
  "fine-tune": /rgb 512\n$/,
  report: /^0\.\d{3} 0\.\d{3} 0\.\d{3}\n$/,
  evaluate: /^1 0\.51 flip=none, .*\nTAR at FAR 0\.5: 1 nearest: 1\n$/,
  "own-data-set": /96 112 5\n/,
  "own-backbone": /parameters: \d+[\s\S]*\n64\n$/,
  serve: /^Ann false\n$/,
};

/** Milliseconds for a step on a busy machine: pages load the networks, and some train. */
const PATIENCE = 600_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-guide-"));
  await drawFiles(folder);
  for (const [path, text] of withCode) await writeFile(join(folder, `${basename(path, ".md")}.ts`), program(text));
  const paths = { cosface: [join(ROOT, "src", "index.ts")], "cosface/*": [join(ROOT, "src", "*.ts")] };
  const compilerOptions = { paths, typeRoots: [join(ROOT, "node_modules", "@types")], noUnusedLocals: false };
  const config = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions,
    include: [join(folder, "*.ts")],
    exclude: [],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
}, PATIENCE);
afterAll(() => rm(folder, { recursive: true }));

/** Runs Node.js in the folder, where it also finds the user's models and calibrations. */
async function node(...words: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    XDG_DATA_HOME: join(folder, "data"),
    TSX_TSCONFIG_PATH: join(folder, "tsconfig.json"),
  };
  return (await promisify(execFile)(process.execPath, words, { cwd: folder, env })).stdout;
}

describe("README and guide", () => {
  it("have a line in the table of contents for each page", () => {
    const contents = pages.get("docs/guide/README.md") ?? "";
    const listed = [...contents.matchAll(/^\| \[[^\]]+\]\(([\w-]+\.md)\)/gm)].map(([, name = ""]) => name);
    const guide = [...pages.keys()].filter((path) => dirname(path) === "docs/guide").map((path) => basename(path));
    expect(["README.md", ...listed].sort()).toEqual(guide.sort());
  });

  it("link to files that exist", async () => {
    for (const [path, text] of pages) {
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = ""]) => link);
      for (const link of links) await access(join(ROOT, dirname(path), link));
    }
  });

  it(
    "have types that fit",
    async () => {
      await node(join(ROOT, "node_modules", "typescript", "bin", "tsc"), "--noEmit", "-p", folder);
    },
    PATIENCE,
  );

  // The report is of the run of the page before it.
  it.each(["train", ...programs.filter((name) => name !== "train")])(
    "run as written: %s.md",
    async (name) => {
      const output = await node("--import", import.meta.resolve("tsx"), `${name}.ts`);
      expect(output).toMatch(printed[name] ?? /^/);
    },
    PATIENCE,
  );

  it("name commands and flags that exist", async () => {
    const text = [...pages.values()].flatMap((page) => blocks(page, "sh")).join("\n");
    const lines = text.replaceAll("\\\n", " ").split("\n");
    const commands = lines.filter((line) => line.startsWith("npx cosface "));
    expect(commands.length).toBeGreaterThan(20);
    for (const line of commands) {
      const [name, second, ...rest] = line.replace(/ #.*/, "").split(/\s+/).slice(2);
      const command = (await createProgram(name)).commands.find((found) => found.name() === name);
      expect(command, line).toBeDefined();
      const used = command?.commands.find((found) => found.name() === second) ?? command;
      const known = used?.options.map(({ long }) => long);
      const flags = [second, ...rest].filter((word) => word?.startsWith("--"));
      expect(
        flags.filter((flag) => !known?.includes(flag)),
        line,
      ).toEqual([]);
    }
  });
});
