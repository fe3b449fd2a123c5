import { spawn } from "node:child_process";
import { join } from "node:path";

const COMMAND = join(import.meta.dirname, "..", "..", "bin", "cosface.js");

/** How a process of `cosface` ended, and what it wrote. */
export type CliOutcome = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** The surroundings of a process of `cosface`. */
export type CliOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: Uint8Array | string;
  /** Sends this signal as soon as something is on standard output. */
  readonly signalAtOutput?: NodeJS.Signals;
};

/** Runs `cosface` in a process, as a user does. */
export function runCli(words: readonly string[], options: CliOptions = {}): Promise<CliOutcome> {
  const { cwd, env, stdin = "", signalAtOutput } = options;
  const child = spawn(process.execPath, [COMMAND, ...words], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  if (signalAtOutput !== undefined) child.stdout.once("data", () => child.kill(signalAtOutput));
  // A process that ends before it has read everything closes the pipe.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code, ...output }));
  });
}
