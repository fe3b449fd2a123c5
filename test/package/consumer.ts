/** A program of somebody else's: an empty folder into which the packed tarball is installed. */
import { type ExecFileException, execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** What a program wrote, and its exit code. */
export type Run = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a program. A code other than 0 is a result, too. */
export function run(folder: string, program: string, ...words: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    execFile(program, words, { cwd: folder, maxBuffer: 2 ** 26 }, (error: ExecFileException | null, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** As {@link run}, for what has to succeed; gives what it wrote to stdout. */
export async function expectRun(folder: string, program: string, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(folder, program, ...words);
  if (code !== 0) throw new Error(`${program} ${words.join(" ")}: exit code ${code}\n${stdout}\n${stderr}`);
  return stdout;
}

/** A program of this project's packages, such as `esbuild`. */
export function tool(name: string): string {
  return join(ROOT, "node_modules", ".bin", name);
}

/** Builds and packs the project; gives the tarball's path. */
export async function packProject(): Promise<string> {
  await expectRun(ROOT, "npm", "run", "--silent", "build");
  const folder = await mkdtemp(join(tmpdir(), "cosface-pack-"));
  const output = await expectRun(ROOT, "npm", "pack", "--json", "--pack-destination", folder);
  const [packed] = JSON.parse(output) as { readonly filename: string }[];
  if (packed === undefined) throw new Error("npm pack named no file");
  return join(folder, packed.filename);
}

/** Installs the tarball into an empty folder that has the programs of consumers/; gives the folder and npm's words. */
export async function installPackage(tarball: string): Promise<{ readonly folder: string; readonly stderr: string }> {
  const folder = await mkdtemp(join(tmpdir(), "cosface-consumer-"));
  await cp(join(import.meta.dirname, "consumers"), folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  // From npm's cache, which holds the packages of this checkout, where it can.
  const words = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball];
  const { code, stderr } = await run(folder, "npm", ...words);
  if (code !== 0) throw new Error(`npm install: exit code ${code}\n${stderr}`);
  return { folder, stderr };
}

/** The module specifiers of the installed package: "cosface" and "cosface/eval". */
export async function specifiers(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, "node_modules", "cosface", "package.json"), "utf8");
  const { exports } = JSON.parse(text) as { readonly exports: Readonly<Record<string, string>> };
  return Object.entries(exports)
    .filter(([, file]) => file.endsWith(".js"))
    .map(([subpath]) => `cosface${subpath.slice(1)}`);
}

/** A new folder inside of the consumer's. */
export async function subfolder(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  return path;
}
