/** Options and examples of the paper's comparisons: each is a sweep of short runs under one set-up. */
import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { imageLimitOptions, jsonOption } from "../../options/shared.ts";
import { parseCount, parseNumber, parseSize } from "../../parse.ts";

/** Options of every sweep. @param name - of the sweep. */
export function sweepOptions(name: string) {
  return defineOptions({
    out: {
      value: "folder",
      default: `experiment-${name}`,
      help: "folder for runs and results; finished runs in it are kept",
    },
    data: { value: "path", otherwise: "synthetic people", help: "folder of faces or train.rec" },
    verifyImages: { value: "folder", needs: { verifyPairs: true }, help: "aligned LFW-style images to test on" },
    verifyPairs: { value: "file", needs: { verifyImages: true }, help: "LFW-style list of pairs to test on" },
    identities: { value: "n", parse: parseCount, otherwise: "all", help: "train on the first n identities" },
    imagesPerIdentity: { value: "n", parse: parseCount, otherwise: "all", help: "train on the first n images of each" },
    network: { value: "name", default: "iresnet10-light", help: "network; cosface networks lists them" },
    input: {
      value: "height>x<width",
      parse: parseSize,
      default: [32, 32],
      otherwise: "32x32",
      help: "size of the input",
    },
    embeddingSize: { value: "n", parse: parseCount, default: 128, help: "numbers in an embedding" },
    batch: { value: "n", parse: parseCount, default: 64, help: "images in a step" },
    epochs: { value: "n", parse: parseNumber, default: 6, help: "passes over the data" },
    learningRate: { value: "x", parse: parseNumber, default: 0.05, help: "highest learning rate" },
    warmUp: { value: "n", parse: parseCount, default: 50, help: "steps in which the learning rate rises from 0" },
    seeds: { value: "n", parse: parseCount, default: 3, help: "runs of each variant, with seeds 1, 2, …" },
    threads: { value: "n", parse: parseCount, default: 1, help: "threads of each run" },
    parallel: {
      value: "n",
      parse: parseCount,
      default: 1,
      help: "runs at the same time; small networks gain more from these than from threads",
    },
    ...imageLimitOptions,
  });
}

/** `--json` of every sweep. */
export const sweepJson = jsonOption("print JSON: a row for each variant and for each run");

/** Flags of every sweep; only some have identities per batch. */
export type SweepFlags = FlagsOf<ReturnType<typeof sweepOptions>> & {
  readonly identitiesPerBatch?: number;
  readonly json?: boolean;
};

/** Command lines that each sweep shows. */
export function sweepExamples(name: string): readonly string[] {
  return [
    `cosface experiment ${name} --parallel 2`,
    `cosface experiment ${name} --data train.rec --verify-images lfw/aligned --verify-pairs lfw/pairs.txt --out ${name}`,
  ];
}
