/** How long a person waits for the command line before it does anything. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Suite, summarize } from "../measurement.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const COMMANDS = [
  ["--help"],
  ["networks", "--json"],
  ["bounds", "--identities", "10575", "--dimension", "512", "--json"],
];
/** More than of anything else: these are short. */
const RUNS_PER_ROUND = 3;

/** Milliseconds of whole commands, beside Node.js doing nothing. */
export const startupSuite: Suite = async ({ rounds, onProgress }) =>
  COMMANDS.map((words) => {
    onProgress(`cosface ${words.join(" ")}`);
    const runs = Array.from({ length: RUNS_PER_ROUND * rounds }, () => ({
      value: milliseconds([join(ROOT, "bin", "cosface.js"), ...words]),
      reference: milliseconds(["--eval", ""]),
    }));
    return summarize({ measure: `cosface ${words[0]}`, unit: "ms", against: "node --eval ''" }, runs);
  });

function milliseconds(args: readonly string[]): number {
  const start = performance.now();
  execFileSync(process.execPath, args, { stdio: "ignore" });
  return performance.now() - start;
}
