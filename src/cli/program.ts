/**
 * The command line: one file a command, with its words alone, and most have another, `NAME-action.ts`, with what they do. That
 * one is loaded when the command is called, with all the packages it takes, so that a help page or an error of use waits
 * for none. What the program's help page says of each is in bin/program.js. Results go to stdout, progress and errors to stderr.
 */
import type { Command } from "commander";
import { describeProgram, descriptions } from "../../bin/program.js";

/** A command is loaded when it is called: `bounds` need not wait for ONNX Runtime. */
const loaders: Readonly<Record<keyof typeof descriptions, () => Promise<Command>>> = {
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
  gallery: async () => (await import("./gallery.ts")).galleryCommand(),
  keys: async () => (await import("./keys.ts")).keysCommand(),
  backup: async () => (await import("./backup.ts")).backupCommand(),
  restore: async () => (await import("./restore.ts")).restoreCommand(),
  models: async () => (await import("./models.ts")).modelsCommand(),
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
export const commandNames: readonly string[] = Object.keys(descriptions);

/** The program, with the command that `name` calls; of the others, what the help page says. */
export async function createProgram(name?: string): Promise<Command> {
  const program = describeProgram(isCommand(name) ? await loaders[name]() : undefined);
  for (const command of program.commands) {
    const usageExitCode = USAGE_EXIT_CODES[command.name()];
    if (usageExitCode !== undefined) {
      command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : usageExitCode));
    }
  }
  return program;
}

function isCommand(name: string | undefined): name is keyof typeof descriptions {
  return name !== undefined && commandNames.includes(name);
}
