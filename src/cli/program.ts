/** The command line: one file a command, put together here. Results go to stdout, progress and errors to stderr. */
import { readFileSync } from "node:fs";
import { Command } from "commander";

/** In the order of the help page. Each is loaded when it is asked for: `bounds` need not wait for ONNX Runtime. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  quickstart: async () => (await import("./quickstart.ts")).quickstartCommand(),
  train: async () => (await import("./train.ts")).trainCommand(),
  evaluate: async () => (await import("./evaluate.ts")).evaluateCommand(),
  detect: async () => (await import("./detect.ts")).detectCommand(),
  align: async () => (await import("./align.ts")).alignCommand(),
  embed: async () => (await import("./embed.ts")).embedCommand(),
  verify: async () => (await import("./verify.ts")).verifyCommand(),
  identify: async () => (await import("./identify.ts")).identifyCommand(),
  cluster: async () => (await import("./cluster.ts")).clusterCommand(),
  calibrate: async () => (await import("./calibrate.ts")).calibrateCommand(),
  experiment: async () => (await import("./experiment.ts")).experimentCommand(),
  serve: async () => (await import("./serve.ts")).serveCommand(),
  networks: async () => (await import("./networks.ts")).networksCommand(),
  bounds: async () => (await import("./bounds.ts")).boundsCommand(),
  boundaries: async () => (await import("./boundaries.ts")).boundariesCommand(),
  geometry: async () => (await import("./geometry.ts")).geometryCommand(),
  pack: async () => (await import("./pack.ts")).packCommand(),
  unpack: async () => (await import("./unpack.ts")).unpackCommand(),
  doctor: async () => (await import("./doctor.ts")).doctorCommand(),
};

/** Exit code of an error of use, for commands whose 1 is an answer. */
const USAGE_EXIT_CODES: Readonly<Record<string, number>> = { verify: 2 };

/** Names of the commands. */
export const commandNames: readonly string[] = Object.keys(commands);

/** The program, with the command that `name` calls, or with all of them where it calls none. */
export async function createProgram(name?: string): Promise<Command> {
  const program = new Command("cosface")
    .description("Deep face recognition with large margin cosine loss: train, evaluate and export, on this machine")
    .version(version())
    .configureOutput({ outputError: (text, write) => write(`${inOneLine(text)} (see --help)\n`) });
  const named = name !== undefined && Object.hasOwn(commands, name) ? [commands[name]!] : Object.values(commands);
  for (const command of await Promise.all(named.map((load) => load()))) {
    program.addCommand(command.copyInheritedSettings(program));
    const usageExitCode = USAGE_EXIT_CODES[command.name()];
    if (usageExitCode !== undefined) {
      command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : usageExitCode));
    }
  }
  return program;
}

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Commander puts what the user may have meant on a line of its own. */
function inOneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, " ");
}
