/** Start-up time of the command line as published: built, and in a separate folder. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Suite, summarize } from "../measurement.ts";

const ROOT = join(import.meta.dirname, "..", "..");
/** Help, an error of use, and a command that computes little. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  "--help": ["--help"],
  "train --help": ["train", "--help"],
  "embed --help": ["embed", "--help"],
  "gallery enroll --help": ["gallery", "enroll", "--help"],
  "embed, an unknown option": ["embed", "--colour"],
  networks: ["networks", "--json"],
  bounds: ["bounds", "--identities", "10575", "--dimension", "512", "--json"],
};
/** Repetitions per round; many, because the commands are short. */
const RUNS_PER_ROUND = 3;

/** Milliseconds of whole commands, compared with an empty Node.js program. */
export const startupSuite: Suite = async ({ rounds, onProgress }) => {
  const folder = buildPackage();
  try {
    return Object.entries(COMMANDS).map(([name, words]) => {
      onProgress(`cosface ${words.join(" ")}`);
      const runs = Array.from({ length: RUNS_PER_ROUND * rounds }, () => ({
        value: milliseconds([join(folder, "bin", "cosface.js"), ...words]),
        reference: milliseconds(["--eval", ""]),
      }));
      return summarize({ measure: `cosface ${name}`, unit: "ms", against: "node --eval ''" }, runs);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** The files that `npm publish` would send, with the packages of this checkout. */
function buildPackage(): string {
  const folder = mkdtempSync(join(tmpdir(), "cosface-startup-"));
  execFileSync("npx", ["tsc", "-p", "tsconfig.build.json", "--outDir", join(folder, "dist")], { cwd: ROOT });
  for (const name of ["bin", "package.json"]) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

function milliseconds(args: readonly string[]): number {
  const start = performance.now();
  spawnSync(process.execPath, args, { stdio: "ignore" });
  return performance.now() - start;
}
