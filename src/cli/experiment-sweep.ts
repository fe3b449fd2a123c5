/** `cosface experiment margin` and its like: the paper's comparisons, each a sweep of short runs under one set-up. */
import { Command } from "commander";
import { parseInteger, parseNumber, parseNumbers, parseSize } from "./arguments.ts";

/** What all sweeps are told. */
export type Flags = {
  out: string;
  data?: string;
  verifyImages?: string;
  verifyPairs?: string;
  identities?: number;
  imagesPerIdentity?: number;
  network: string;
  input: [number, number];
  embeddingSize: number;
  batch: number;
  epochs: number;
  learningRate: number;
  warmUp: number;
  seeds: number;
  threads: number;
  parallel: number;
  json?: boolean;
  identitiesPerBatch?: number;
};

export type MarginFlags = Flags & { scale: number; margins?: number[] };
export type ScaleFlags = Flags & { margin: number; scales?: number[] };
export type LossesFlags = Flags & { scale: number };
export type NormalizationFlags = Flags & { scale: number; margin: number };

export function marginCommand(): Command {
  return sweepCommand("margin", "CosFace with margins from 0 to far beyond the paper's 0.35")
    .option("--scale <s>", "scale of the logits", parseNumber, 30)
    .option("--margins <list>", "margins to try, as in 0,0.2,0.35; default 12 from 0 to 0.8", parseNumbers)
    .action(async (flags: MarginFlags) => (await import("./experiment-sweep-action.ts")).runMargin(flags));
}

export function scaleCommand(): Command {
  return sweepCommand("scale", "CosFace with scales from far below to far above the bound of Eq. 6")
    .option("--margin <m>", "margin m", parseNumber, 0.35)
    .option("--scales <list>", "scales to try, as in 8,30,64; default 9 from 1 to 256", parseNumbers)
    .action(async (flags: ScaleFlags) => (await import("./experiment-sweep-action.ts")).runScale(flags));
}

export function lossesCommand(): Command {
  return sweepCommand("losses", "the losses of the paper's Table 2, and ArcFace")
    .option("--scale <s>", "scale of the logits of A-Softmax, CosFace and ArcFace", parseNumber, 30)
    .option("--identities-per-batch <n>", "each with as many images, for losses that compare them", parseInteger, 16)
    .action(async (flags: LossesFlags) => (await import("./experiment-sweep-action.ts")).runLosses(flags));
}

export function normalizationCommand(): Command {
  return sweepCommand("normalization", "CosFace with and without feature normalization (Table 1)")
    .option("--scale <s>", "scale of the logits, where embeddings are normalized", parseNumber, 30)
    .option("--margin <m>", "margin m", parseNumber, 0.35)
    .action(async (flags: NormalizationFlags) =>
      (await import("./experiment-sweep-action.ts")).runNormalization(flags),
    );
}

/** What all sweeps take. */
function sweepCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option("--out <folder>", "folder for runs and results; what has ended there is kept", `experiment-${name}`)
    .option("--data <path>", "folder of faces or train.rec; default synthetic people")
    .option("--verify-images <folder>", "aligned LFW-style images to test on")
    .option("--verify-pairs <file>", "LFW-style list of pairs to test on")
    .option("--identities <n>", "train on the first so many", parseInteger)
    .option("--images-per-identity <n>", "train on the first so many of each", parseInteger)
    .option("--network <name>", "see `cosface networks`", "iresnet10-light")
    .option("--input <height>x<width>", "input size", parseSize, [32, 32])
    .option("--embedding-size <n>", "numbers in an embedding", parseInteger, 128)
    .option("--batch <n>", "images a step", parseInteger, 64)
    .option("--epochs <n>", "passes over the data", parseNumber, 6)
    .option("--learning-rate <x>", "highest learning rate", parseNumber, 0.05)
    .option("--warm-up <n>", "steps in which the learning rate rises from 0", parseInteger, 50)
    .option("--seeds <n>", "runs of each point, with seeds 1, 2, …", parseInteger, 3)
    .option("--threads <n>", "of each run", parseInteger, 1)
    .option("--parallel <n>", "runs at a time; small networks gain more from these than from threads", parseInteger, 1)
    .option("--json", "print JSON: a row for each point, and for each run")
    .addHelpText(
      "after",
      `
Examples:
  cosface experiment ${name} --parallel 2
  cosface experiment ${name} --data train.rec --verify-images lfw/aligned --verify-pairs lfw/pairs.txt --out ${name}`,
    );
}
