/** The package as its users have it: packed, installed into an empty folder, imported, bundled, and run by npx. */
import { access, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRun, installPackage, packProject, run, specifiers, subfolder, tool } from "./consumer.ts";

/**
 * Most milliseconds of the processor for an import of the light entries, which load neither ONNX Runtime nor an image
 * codec. Time on the clock would depend on what else the machine does.
 */
const IMPORT_MILLISECONDS = 100;

const temporary: string[] = [];
let consumer: string;
let warnings: string;
let names: readonly string[];

beforeAll(async () => {
  const tarball = await packProject();
  temporary.push(dirname(tarball));
  ({ folder: consumer, stderr: warnings } = await installPackage(tarball));
  temporary.push(consumer);
  names = await specifiers(consumer);
}, 900_000);
afterAll(async () => {
  for (const folder of temporary) await rm(folder, { recursive: true });
});

const node = (...words: readonly string[]) => expectRun(consumer, process.execPath, ...words);

it("installs without a warning", () => {
  expect(warnings).toBe("");
});

it("holds the files that its README links to", async () => {
  const folder = join(consumer, "node_modules", "cosface");
  const readme = await readFile(join(folder, "README.md"), "utf8");
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = ""]) => path);
  expect(links.length).toBeGreaterThan(5);
  for (const path of links) await access(join(folder, path));
});

describe("modules", () => {
  it("are imported", async () => {
    expect(names.length).toBeGreaterThan(10);
    const script = names.map((name) => `await import("${name}");`).join("\n");
    await node("--input-type=module", "--eval", script);
  });

  it.runIf(process.features.require_module)("are required from CommonJS", async () => {
    const script = names.map((name) => `require("${name}");`).join("\n");
    await writeFile(join(consumer, "required.cjs"), `${script}\nconsole.log(typeof require("cosface").verify);\n`);
    expect(await node("required.cjs")).toBe("function\n");
  });

  it.each(["cosface/eval", "cosface/hypersphere"])("%s is imported fast", async (name) => {
    const script = `const before = process.cpuUsage(); await import("${name}");
      const { user, system } = process.cpuUsage(before); console.log((user + system) / 1000);`;
    const times: number[] = [];
    for (let i = 0; i < 5; i++) times.push(Number(await node("--input-type=module", "--eval", script)));
    expect(Math.min(...times)).toBeLessThan(IMPORT_MILLISECONDS);
  });
});

describe("types", () => {
  it.each([
    ["nodenext", "nodenext"],
    ["node16", "node16"],
    ["esnext", "bundler"],
  ])(
    "are checked as modules of kind %s, resolved by %s, without the types of DOM and Node",
    async (kind, resolution) => {
      const all = names.map((name, i) => `export * as entry${i} from "${name}";`).join("\n");
      await writeFile(join(consumer, "all.ts"), all);
      const strict = [
        "--strict",
        "--exactOptionalPropertyTypes",
        "--noUncheckedIndexedAccess",
        "--skipLibCheck",
        "false",
      ];
      const library = ["--target", "es2023", "--lib", "es2023", "--types", ""];
      const modules = ["--module", kind, "--moduleResolution", resolution];
      await expectRun(consumer, tool("tsc"), "--noEmit", ...strict, ...library, ...modules, "all.ts", "typed.ts");
    },
  );
});

describe("bundles", () => {
  const answer = { loss: expect.any(Number), bound: { value: 2 } };

  it("are made by esbuild for Node.js, with the packages left out", async () => {
    const words = ["--bundle", "--platform=node", "--format=esm", "--packages=external", "--outfile=esbuild.mjs"];
    await expectRun(consumer, tool("esbuild"), "bundled.ts", ...words, "--log-level=warning");
    expect(JSON.parse(await node("esbuild.mjs"))).toMatchObject(answer);
  });

  it("are made by Vite for Node.js", async () => {
    await expectRun(consumer, tool("vite"), "build", "--ssr", "bundled.ts", "--outDir", "vite", "--logLevel", "warn");
    expect(JSON.parse(await node(join("vite", "bundled.js")))).toMatchObject(answer);
  });

  it.each(["esbuild", "vite"])("of the mathematics are made whole by %s for pages", async (bundler) => {
    const folder = await subfolder(consumer, `page-${bundler}`);
    await writeFile(join(consumer, "index.html"), '<body><script type="module" src="page.ts"></script></body>');
    if (bundler === "esbuild") {
      const words = ["--bundle", "--platform=browser", "--format=iife", `--outfile=${join(folder, "page.js")}`];
      await expectRun(consumer, tool("esbuild"), "page.ts", ...words);
    } else {
      const output = { format: "iife", entryFileNames: "page.js" };
      const config = { build: { outDir: folder, rollupOptions: { output } } };
      await writeFile(join(consumer, "vite.config.mjs"), `export default ${JSON.stringify(config)};`);
      await expectRun(consumer, tool("vite"), "build", "--logLevel", "warn");
    }
    const text = await readFile(join(folder, "page.js"), "utf8");
    expect(text).not.toMatch(/\bnode:|onnxruntime|require\(/);
    const script = `globalThis.document = { body: {} }; ${text}; console.log(document.body.textContent);`;
    expect(JSON.parse(await node("--input-type=commonjs", "--eval", script))).toMatchObject({ value: 2 });
  });
});

describe("npx cosface", () => {
  it("verifies two photographs of people", async () => {
    const folder = await subfolder(consumer, "photographs");
    await node("draw.mjs", folder);
    const [a, b] = [1, 2].map((seed) => join(folder, `${seed}.png`)) as [string, string];
    const same = await run(consumer, "npx", "--no", "--", "cosface", "verify", a, a, "--json");
    expect(same).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(same.stdout)).toMatchObject({ same: true, score: expect.closeTo(1, 4) });
    const different = await run(consumer, "npx", "--no", "--", "cosface", "verify", a, b, "--json");
    expect(different.code).toBe(JSON.parse(different.stdout).same ? 0 : 1);
  });

  it("prints help", async () => {
    expect(await expectRun(consumer, "npx", "--no", "--", "cosface", "--help")).toContain("Usage: cosface");
  });
});
