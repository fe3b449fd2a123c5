/** What keeps a package without its code from being packed, and the entries in step with package.json. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entries } from "../tools/api/declarations.ts";

const ROOT = join(import.meta.dirname, "..");

describe("npm pack", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cosface-packing-"));
    for (const name of ["package.json", ".npmrc", ".npmignore", "bin", "LICENSE"]) {
      await cp(join(ROOT, name), join(folder, name), { recursive: true, verbatimSymlinks: true });
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  const pack = async () => {
    const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json"], { cwd: folder });
    const [packed] = JSON.parse(stdout) as { readonly files: readonly { readonly path: string }[] }[];
    return packed?.files.map(({ path }) => path);
  };

  it("fails where no build has finished", async () => {
    await expect(pack()).rejects.toThrow(/ENOENT.*\.npmignore/s);
  });

  it("packs the code of a finished build, and not the marker", async () => {
    await mkdir(join(folder, "dist"));
    await writeFile(join(folder, "dist", "index.js"), "");
    await writeFile(join(folder, "dist", ".npmignore"), "# The build is complete.\n");
    const paths = await pack();
    expect(paths).toContain("dist/index.js");
    expect(paths?.filter((path) => path.includes("npmignore"))).toEqual([]);
  });
});

describe("package.json", () => {
  it("exports every entry of src/, and nothing else", async () => {
    const files = (await readdir(join(ROOT, "src"))).filter((name) => name.endsWith(".ts"));
    expect(Object.values(entries()).sort()).toEqual(files.map((name) => name.replace(/\.ts$/, "")).sort());
  });
});
