/**
 * The toy experiment of the paper: one small network with two-dimensional features, trained on eight identities with
 * softmax and with CosFace at several margins. Two dimensions can be drawn, and their optimum is known: the best class
 * centers are the corners of a regular octagon, so margins above 1 − cos 45° = 0.2929 are impossible. The last
 * margin exceeds this bound on purpose.
 *
 * The measured quantity is the gap that a margin widens: on the circle of directions, from the end of one identity's
 * cloud to the start of the next (`circleClouds`). The samples are the training samples, as in the paper.
 *
 * @see Wang et al., CosFace, CVPR 2018, the toy experiment on m: https://arxiv.org/abs/1801.09414
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CancelSignal, InternalError, requireInteger, requirePositive } from "../../base/core/index.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import { openEmbedder } from "../../faces/embedder/index.ts";
import { type CircleClouds, centerGeometry, circleClouds, sampleGeometry } from "../../measure/hypersphere/index.ts";
import type { LossOptions } from "../losses/index.ts";
import { readCenters, train } from "../train/index.ts";
import { TOY_MARGINS } from "./names.ts";

/** Number of identities in the figure of the paper. */
export const TOY_IDENTITIES = 8;

/** Options of the toy experiment. All runs of a seed differ only in the loss. */
export type ToyOptions = {
  /** Training faces of `TOY_IDENTITIES` people. */
  readonly dataset: FaceDataset;
  /** [height, width] in pixels, multiples of 16; default [32, 32]. */
  readonly inputSize?: readonly [number, number];
  /** Scale s of CosFace; default 64 as in the paper, more than margin 0.2 needs (31.1 for the posterior 0.9). */
  readonly scale?: number;
  /** Margins of CosFace; default `TOY_MARGINS`. */
  readonly margins?: readonly number[];
  /** Seeds of initial values and order; each loss is trained with each seed. */
  readonly seeds: readonly number[];
  /** Steps of a run; default 400. */
  readonly iterations?: number;
  readonly threads?: number;
  readonly signal?: CancelSignal;
  /** Called with the progress of the current run, in [0, 1]. */
  readonly onProgress?: (name: string, seed: number, share: number) => void;
  readonly onRun?: (run: ToyRun) => void;
};

/** One trained network: its features and their measurements. */
export type ToyRun = {
  /** Such as "softmax" or "CosFace, m = 0.1". */
  readonly name: string;
  /** Margin of CosFace; undefined for softmax. */
  readonly margin: number | undefined;
  readonly seed: number;
  /** Features of the training images without augmentation, f32[samples, 2], not normalized. */
  readonly features: Float32Array;
  /** Label of each sample. */
  readonly labels: Uint32Array;
  /** Class centers, f32[identities, 2]. */
  readonly centers: Float32Array;
  readonly clouds: CircleClouds;
  /** Share of samples whose own center is the nearest by angle. */
  readonly correctShare: number;
  /** Mean of the cosine to the own center minus the largest to another center. */
  readonly meanMargin: number;
  /** Angle between the two nearest class centers; 45° at best. */
  readonly smallestCenterDegrees: number;
  /** Loss of the last logged step. */
  readonly loss: number;
  readonly seconds: number;
};

/**
 * Trains every loss with every seed, in temporary folders that are removed afterwards. Aborting `signal` gives fewer
 * runs.
 *
 * @throws {OptionError} for options out of range.
 */
export async function runToy(options: ToyOptions): Promise<readonly ToyRun[]> {
  const { margins = TOY_MARGINS, scale = 64, seeds, signal, onRun = () => {} } = options;
  requirePositive("scale", scale);
  requireInteger("number of seeds", seeds.length, 1);
  const arms: readonly { name: string; margin?: number; loss: LossOptions }[] = [
    { name: "softmax", loss: { name: "softmax" } },
    ...margins.map((margin) => ({
      name: `CosFace, m = ${margin}`,
      margin,
      loss: { name: "cosface", margin, scale } as const,
    })),
  ];
  const runs: ToyRun[] = [];
  for (const seed of seeds) {
    for (const { name, margin, loss } of arms) {
      const run = await runOnce(options, { name, margin, loss, seed });
      if (run === undefined || signal?.aborted) return runs;
      runs.push(run);
      onRun(run);
    }
  }
  return runs;
}

type Arm = {
  readonly name: string;
  readonly margin: number | undefined;
  readonly loss: LossOptions;
  readonly seed: number;
};

async function runOnce(options: ToyOptions, { name, margin, loss, seed }: Arm): Promise<ToyRun | undefined> {
  const { dataset, inputSize = [32, 32], iterations = 400, threads, signal, onProgress = () => {} } = options;
  const folder = await mkdtemp(join(tmpdir(), "cosface-toy-"));
  try {
    const result = await train({
      dataset,
      folder,
      ...(signal === undefined ? {} : { signal }),
      options: {
        network: "toy",
        inputSize,
        embeddingSize: 2,
        loss,
        // The gradient grows with s. AdamW makes steps of equal size for softmax, which has no scale, and for s = 64.
        optimizer: "adamw",
        learningRate: 0.01,
        schedule: "cosine",
        warmUp: Math.ceil(iterations / 20),
        // On a circle two identities can swap only by passing each other, which a margin prevents. So start without
        // margin.
        marginWarmUp: Math.ceil(iterations / 4),
        batchSize: 64,
        iterations,
        seed,
        checkpointEvery: iterations,
        // Measuring lowerings would take longer than training such a small network.
        measureLowerings: false,
        ...(threads === undefined ? {} : { threads }),
      },
      onRow: (row) => onProgress(name, seed, row.iteration / iterations),
    });
    if (result.model === undefined) return undefined;
    const { weights, dimension } = await readCenters(folder);
    const features = await embedAll(result.model, dataset);
    const { labels } = dataset;
    const centers = { weights, identities: dataset.identityCount, dimension };
    const { correctShare, meanMargin } = sampleGeometry({ ...centers, embeddings: features, labels });
    const last = result.rows.flatMap((row) => (row.kind === "train" ? [row] : [])).at(-1);
    if (last === undefined) throw new InternalError("internal: a finished run without a logged step");
    return {
      name,
      margin,
      seed,
      features,
      labels,
      centers: weights,
      clouds: circleClouds({ embeddings: features, labels }),
      correctShare,
      meanMargin,
      smallestCenterDegrees: centerGeometry(centers).minimumAngleDegrees,
      loss: last.loss,
      seconds: last.seconds,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function embedAll(model: string, dataset: FaceDataset): Promise<Float32Array> {
  const embedder = await openEmbedder(model);
  try {
    const images = await Promise.all(Array.from(dataset.labels, async (_, index) => (await dataset.read(index)).image));
    return (await embedder.embed(images)).data;
  } finally {
    await embedder.close();
  }
}

/** Summary of a loss over its seeds. */
export type ToySummary = {
  readonly name: string;
  readonly margin: number | undefined;
  readonly runCount: number;
  /** Mean angular gap between neighboring identities' clouds, in degrees. */
  readonly meanGapDegrees: number;
  /** Standard deviation of the gap over the seeds, with n − 1; NaN for one seed. */
  readonly gapDeviationDegrees: number;
  /** The smallest gap of all runs; negative where clouds overlap. */
  readonly smallestGapDegrees: number;
  readonly meanMargin: number;
  readonly smallestCenterDegrees: number;
  readonly correctShare: number;
  readonly loss: number;
};

/** Summaries of the runs of each loss, in order of the first occurrence of the loss. */
export function summarizeToy(runs: readonly ToyRun[]): ToySummary[] {
  const margins = new Map(runs.map(({ name, margin }) => [name, margin]));
  return [...margins].map(([name, margin]) => {
    const own = runs.filter((run) => run.name === name);
    const mean = (of: (run: ToyRun) => number) => own.reduce((sum, run) => sum + of(run), 0) / own.length;
    const meanGapDegrees = mean((run) => run.clouds.meanGap);
    const squares = own.reduce((sum, run) => sum + (run.clouds.meanGap - meanGapDegrees) ** 2, 0);
    return {
      name,
      margin,
      runCount: own.length,
      meanGapDegrees,
      gapDeviationDegrees: Math.sqrt(squares / (own.length - 1)),
      smallestGapDegrees: Math.min(...own.flatMap(({ clouds }) => clouds.clouds.map(({ gapToNext }) => gapToNext))),
      meanMargin: mean((run) => run.meanMargin),
      smallestCenterDegrees: mean((run) => run.smallestCenterDegrees),
      correctShare: mean((run) => run.correctShare),
      loss: mean((run) => run.loss),
    };
  });
}
