import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandNames } from "../src/cli/program.ts";
import { folderOf, type Import, importsOf, SOURCES, sourceFiles } from "../tools/wings/imports.ts";
import { folders } from "../tools/wings/wings.ts";

/** Each package is imported in these files alone; everything else goes through them. */
const packages: Record<string, readonly string[]> = {
  "onnxruntime-node": ["compiler/runtime/node.ts"],
  "onnx-buf": ["compiler/onnx/format.ts"],
  "@bufbuild/protobuf": ["compiler/onnx/format.ts"],
  "@bufbuild/protobuf/wire": [
    "compiler/onnx/format.ts",
    "compiler/onnx/stored-tensors.ts",
    "training/train/tensorboard.ts",
  ],
  sharp: ["base/image/sharp.ts"],
  "fast-bmp": ["base/image/bmp.ts"],
  "@electric-sql/pglite": ["service/gallery/engines/pglite-thread.ts"],
  "@electric-sql/pglite-pgvector": ["service/gallery/engines/pglite-thread.ts"],
  pg: ["service/gallery/engines/postgres.ts"],
  "pg-copy-streams": ["service/gallery/engines/postgres.ts"],
  fastify: ["service/server/add-route.ts", "service/server/app.ts"],
  typebox: ["service/server/contract/schema.ts"],
  "prom-client": ["service/server/metrics.ts"],
  "@fastify/cors": ["service/server/protection.ts"],
  "@fastify/helmet": ["service/server/protection.ts"],
  "@fastify/multipart": ["service/server/build-server.ts"],
  "@fastify/rate-limit": ["service/server/protection.ts"],
  "@fastify/static": ["service/server/pages.ts"],
  "@fastify/swagger": ["service/server/openapi.ts"],
  "@fastify/swagger-ui": ["service/server/openapi.ts"],
};

/**
 * Files that may use Node.js, of the folders that a page will use too. Everything else there reaches the platform
 * through them.
 */
const nodeFiles: readonly string[] = [
  // The names of feature files in a folder.
  "base/benchmarks/folder-names.ts",
  // Files: addresses, atomic writes, folders of images.
  "base/files/list-images.ts",
  "base/files/node.ts",
  "base/files/write-atomically.ts",
  // Threads.
  "base/threads/node.ts",
  // The thread of the HEIC decoder, which loads its package.
  "base/image/heic-thread.ts",
  // Data sets in the file system; their records and samples need no Node.js.
  "base/data/folder/samples.ts",
  "base/data/folder/write.ts",
  "base/data/lfw/source.ts",
  "base/data/open-dataset.ts",
  "base/data/recordio/source.ts",
  "base/data/recordio/write.ts",
  // The engine and its remembered lowerings.
  "compiler/runtime/lowering-file.ts",
  "compiler/runtime/no-telemetry.ts",
  "compiler/runtime/node.ts",
  // Figures in a folder.
  "measure/report/write-figures.ts",
];

/** Folders without Node.js but for those files. */
const portable = /^(base|compiler|measure)\/|^training\/(nn|losses|optim|heads)\//;

const files = sourceFiles();
const imports = files.flatMap((file) => importsOf(file));

/** Beside src/, plain JavaScript that the command line starts with: src/ knows its types alone. */
const START = "../bin/program.js";

/** What commands may load before they are called. */
const LIGHT_FOLDERS = new Set<string | undefined>([
  "cli",
  "base/core",
  "base/files",
  "service/settings",
  "measure/hypersphere",
]);

/** The flags of `cosface train` derive from the declarations of the losses, which stand beside their graphs. */
const LOSS_FOLDERS = ["training/losses", "training/nn", "compiler/graph"];

/** Sources of the page, and the file that it takes the types of the service from. */
const WEB = join(SOURCES, "..", "web", "src");
const CONTRACT = "service/server/contract/index.ts";

/** Cycles of imports among the files. */
function cyclesOf(all: readonly string[], counted: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of counted) targets.set(from, [...(targets.get(from) ?? []), to]);
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      cycles.push([...path.slice(path.indexOf(file)), file].join(" → "));
      return;
    }
    state.set(file, "open");
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    state.set(file, "done");
  };
  for (const file of all) visit(file, []);
  return cycles;
}

const inside = imports.filter(({ to }) => files.includes(to));

/** What others may import of a folder: its index, and a file of names that loads nothing. */
const faces = (folder: string): readonly string[] => [`${folder}/index.ts`, `${folder}/names.ts`];

/** Files that a help page may load whatever their folder loads. */
const isLight = (file: string) => file.endsWith("/names.ts");

describe("folders", () => {
  it("are all in the order", () => {
    const found = new Set(files.map(folderOf).filter((folder) => folder !== undefined));
    expect([...found].sort()).toEqual([...folders].sort());
  });

  it("import only from folders before them, and only through index.ts or names.ts", () => {
    const wrong = inside.filter(({ from, to }) => {
      const [source, target] = [folderOf(from), folderOf(to)];
      if (source === target || source === undefined) return false;
      if (target === undefined) return true;
      return folders.indexOf(target) > folders.indexOf(source) || !faces(target).includes(to);
    });
    expect(wrong).toEqual([]);
  });

  it("have in names.ts nothing that loads more than other files of names", () => {
    const wrong = imports.filter(({ from, to }) => isLight(from) && !isLight(to));
    expect(wrong).toEqual([]);
  });

  it("have an index.ts of names alone", () => {
    for (const folder of folders.filter((name) => name !== "cli")) {
      const text = readFileSync(join(SOURCES, folder, "index.ts"), "utf8");
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
      expect(code.replace(/export (?:type )?\{[^}]*\} from "[^"]+";/g, "").trim(), folder).toBe("");
    }
  });
});

describe("files", () => {
  it("of the page import each other without a cycle, and of src/ folders' names and types alone", () => {
    const page = sourceFiles(WEB).flatMap((file) => importsOf(file, WEB));
    expect(page.length).toBeGreaterThan(100);
    expect(cyclesOf(sourceFiles(WEB), page)).toEqual([]);
    const outside = page.filter(({ to }) => to.startsWith("../../src/"));
    const wrong = outside.filter(({ to, how }) => {
      const file = to.slice("../../src/".length);
      return file === CONTRACT ? how !== "types" : !faces(folderOf(file) ?? "").includes(file);
    });
    expect(outside.length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  it("import each other without a cycle", () => {
    // Types make no cycle at run time, and `import("…")` a late one; both tangle files all the same, so they count.
    expect(cyclesOf(files, inside)).toEqual([]);
  });

  // Packages take most of a second to load, and most folders a good part of one: the run.ts of a command loads them.
  it.each(commandNames)("load no package but commander for `cosface %s --help` and errors of use", (name) => {
    const reached = new Set(["cli/main.ts", "cli/program.ts", `cli/commands/${name}/command.ts`]);
    for (const file of reached) {
      for (const { from, to, how } of imports) if (from === file && how === "loaded") reached.add(to);
    }
    const loaded = [...reached].filter((file) => !file.startsWith("node:"));
    const isOwn = (file: string) => file.endsWith(".ts");
    expect(loaded.filter((file) => !isOwn(file)).sort()).toEqual([START, "commander"]);
    expect(
      loaded
        .filter(isOwn)
        .filter((file) => !isLight(file))
        .map(folderOf)
        .filter((folder) => !LIGHT_FOLDERS.has(folder))
        .filter((folder) => !(name === "train" && folder !== undefined && LOSS_FOLDERS.includes(folder))),
    ).toEqual([]);
  });

  it("import packages in one place each", () => {
    for (const [name, allowed] of Object.entries(packages)) {
      const users = imports.filter(({ to }) => to === name).map(({ from }) => from);
      expect([...new Set(users)].sort(), name).toEqual([...allowed].sort());
    }
  });

  it("load no native package before it is used", () => {
    const native = ["onnxruntime-node", "sharp"];
    const uses = imports.filter(({ to }) => native.includes(to));
    expect([...new Set(uses.map(({ to }) => to))].sort()).toEqual(native);
    expect(uses.filter(({ how }) => how === "loaded")).toEqual([]);
  });

  it("use Node.js in few places of the folders that a page uses too", () => {
    const users = files.filter((file) => portable.test(file) && usesNode(readFileSync(join(SOURCES, file), "utf8")));
    expect(users).toEqual([...nodeFiles].sort());
  });

  it.each([
    ['import { join } from "node:path";', true],
    ['const fs = await import("node:fs");', true],
    ["return Buffer.concat(parts);", true],
    ["if (process.pid > 0) return;", true],
    ["// A Buffer of the process: node:fs", false],
    ['throw new Error("process. It is over");', false],
    ["data.buffer; preprocess.start(); new ArrayBuffer(1)", false],
  ])("are seen to use Node.js: %s", (text, expected) => {
    expect(usesNode(text)).toBe(expected);
  });
});

/** Whether a text imports a module of Node.js or uses one of its globals, outside of comments and strings. */
function usesNode(text: string): boolean {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  if (/(?:from|import\(|require\()\s*"node:/.test(code)) return true;
  return /\b(?:Buffer|process|__dirname|__filename|setImmediate|NodeJS)\b(?=[.([])/.test(
    code.replace(/"[^"\n]*"/g, '""'),
  );
}
