/** `cosface serve` as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const COMMAND = join(import.meta.dirname, "..", "..", "bin", "cosface.js");

/** A service that has said where it is. */
export type ServiceProcess = {
  readonly url: string;
  readonly pid: number;
  /** The line that it printed when it was ready, parsed. */
  readonly ready: Readonly<Record<string, string>>;
  readonly output: { stdout: string; stderr: string };
  /** Sends the signal and gives the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
};

/** Starts a service on any free port. */
export function spawnService(...words: readonly string[]) {
  return spawn(process.execPath, [COMMAND, "serve", "--port", "0", "--json", ...words]);
}

/** As `spawnService`, and waits until it is ready. */
export async function startService(...words: readonly string[]): Promise<ServiceProcess> {
  const child = spawnService(...words);
  const output = { stdout: "", stderr: "" };
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const isReady = new Promise<void>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output.stdout += text;
      if (output.stdout.includes("\n")) resolve();
    });
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  await Promise.race([
    isReady,
    ended.then(([code]) => {
      throw new Error(`the service ended with ${code}: ${output.stderr}`);
    }),
  ]);
  const ready = JSON.parse(output.stdout) as Record<string, string>;
  return {
    url: ready.url!,
    pid: child.pid!,
    ready,
    output,
    async end(signal) {
      child.kill(signal);
      const [code, killedBy] = await ended;
      return killedBy ?? code!;
    },
  };
}
