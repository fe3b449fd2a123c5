/** The command line: one file a command, put together here. Results go to stdout, progress and errors to stderr. */
import { readFileSync } from "node:fs";
import { Command } from "commander";

type CommandEntry = { readonly description: string; readonly load: () => Promise<Command> };

/**
 * In the order of the help page, which this table is enough for. A command is loaded when it is called: `bounds` need not
 * wait for ONNX Runtime.
 */
const commands: Readonly<Record<string, CommandEntry>> = {
  quickstart: {
    description:
      "Train softmax and CosFace on synthetic people, test both on unseen ones, and leave a model and a report",
    load: async () => (await import("./quickstart.ts")).quickstartCommand(),
  },
  train: {
    description: "Train a network on a folder of faces (one subfolder an identity) or an InsightFace record file",
    load: async () => (await import("./train.ts")).trainCommand(),
  },
  evaluate: {
    description: "Score an embedder on LFW-style pairs of aligned faces, or of photographs",
    load: async () => (await import("./evaluate.ts")).evaluateCommand(),
  },
  detect: {
    description: "Find the faces of pictures: boxes, scores and five landmarks",
    load: async () => (await import("./detect.ts")).detectCommand(),
  },
  align: {
    description: "Make a data set of aligned faces from a folder of photographs",
    load: async () => (await import("./align.ts")).alignCommand(),
  },
  embed: {
    description: "Find the faces of pictures and give each its embedding",
    load: async () => (await import("./embed.ts")).embedCommand(),
  },
  verify: {
    description: "Tell whether two photographs show the same person, at a false accept rate",
    load: async () => (await import("./verify.ts")).verifyCommand(),
  },
  identify: {
    description: "Tell who the people in photographs are, among those of a gallery, or that they are unknown",
    load: async () => (await import("./identify.ts")).identifyCommand(),
  },
  cluster: {
    description: "Sort the faces of photographs into people, without knowing who or how many they are",
    load: async () => (await import("./cluster.ts")).clusterCommand(),
  },
  calibrate: {
    description: "Measure on your own photographs which threshold accepts which share of strangers, and keep it",
    load: async () => (await import("./calibrate.ts")).calibrateCommand(),
  },
  experiment: {
    description: "Repeat the paper's experiments, each with a report",
    load: async () => (await import("./experiment.ts")).experimentCommand(),
  },
  serve: {
    description: "Run the recognition service: people, their pictures, and who is on a picture, over HTTP",
    load: async () => (await import("./serve.ts")).serveCommand(),
  },
  models: {
    description: "List models, fetch them, and tell what they take and give, with their licences",
    load: async () => (await import("./models.ts")).modelsCommand(),
  },
  networks: {
    description: "List the networks there are, with what they cost",
    load: async () => (await import("./networks.ts")).networksCommand(),
  },
  bounds: {
    description: "Tell what scale s and margin m can be for a number of identities and an embedding size",
    load: async () => (await import("./bounds.ts")).boundsCommand(),
  },
  boundaries: {
    description: "Draw the decision boundaries of softmax, NSL, A-Softmax, CosFace and ArcFace for two classes",
    load: async () => (await import("./boundaries.ts")).boundariesCommand(),
  },
  geometry: {
    description: "Measure the class centers of a run: their angles, the margin reached, identities that collide",
    load: async () => (await import("./geometry.ts")).geometryCommand(),
  },
  pack: {
    description: "Pack a folder of faces into one InsightFace record file, which reads faster than many small files",
    load: async () => (await import("./pack.ts")).packCommand(),
  },
  unpack: {
    description: "Unpack an InsightFace record file into a folder of faces, one subfolder an identity",
    load: async () => (await import("./unpack.ts")).unpackCommand(),
  },
  doctor: {
    description: "Tell what this machine offers for training, and what stands in the way",
    load: async () => (await import("./doctor.ts")).doctorCommand(),
  },
};

/** Exit code of an error of use, for commands whose 1 is an answer. */
const USAGE_EXIT_CODES: Readonly<Record<string, number>> = { verify: 2 };

/** Names of the commands. */
export const commandNames: readonly string[] = Object.keys(commands);

/** The program, with the command that `name` calls; of the others, what the help page says. */
export async function createProgram(name?: string): Promise<Command> {
  const program = new Command("cosface")
    .description("Deep face recognition with large margin cosine loss: train, evaluate and export, on this machine")
    .version(version())
    .configureOutput({ outputError: (text, write) => write(`${inOneLine(text)} (see --help)\n`) });
  for (const [key, { description, load }] of Object.entries(commands)) {
    const command = (name === key ? await load() : new Command(key)).description(description);
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
